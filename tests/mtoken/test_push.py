"""Push registration: the names that a server of this version knows."""

import pytest

from tests.mtoken.token_world import answers, make_world
from tests.support.wire import error, html_page, refused
from webapp.mtoken.errors import NotSent
from webapp.mtoken.push import PushEnvironment, PushPlatform

REGISTER = "/api/push/device/register/token"
STATUS = "/pa/v3/status"
IOS, ANDROID, HUAWEI = PushPlatform


@pytest.fixture
def world(tmp_path):
    world = make_world(tmp_path)
    world.token.operations.pending_list()  # the token is there, and the time known
    yield world
    world.sandbox.close()


def tells(world, version):
    """The server says that it is of this version."""
    about = {"serverTime": world.clock.now_ms(), "application": {"name": "enrollment", "version": version}}
    world.wire.breaks(STATUS, answers(about))


def test_the_sandbox_is_a_server_with_the_old_names(world):
    assert world.token.push.register("token of Apple", IOS).status == "OK"
    assert world.asked(REGISTER) == {"requestObject": {"platform": "ios", "token": "token of Apple"}}
    (request,) = world.wire.sent(REGISTER)
    assert "X-PowerAuth-Token" in request.headers


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("1.9.0", ["ios", "android", "huawei"]),
        ("1.10.0", ["apns", "fcm", "hms"]),
        ("1.10.0-SNAPSHOT", ["apns", "fcm", "hms"]),
        ("2.0", ["apns", "fcm", "hms"]),
        ("0.110.0", ["ios", "android", "huawei"]),
        ("2026", ["ios", "android", "huawei"]),
        ("", ["ios", "android", "huawei"]),
        (None, ["ios", "android", "huawei"]),
        (1.1, ["ios", "android", "huawei"]),
    ],
)
def test_a_platform_is_called_as_the_server_calls_it(world, version, names):
    tells(world, version)
    for platform, name in zip(PushPlatform, names, strict=True):
        assert world.token.push.register("x", platform).status == "OK"
        assert world.asked(REGISTER)["requestObject"]["platform"] == name


@pytest.mark.parametrize(
    "fault",
    [answers({"serverTime": 1}), answers({"application": []}), error(404, "ERROR_NOT_FOUND"), html_page],
)
def test_a_server_that_does_not_tell_its_version_gets_the_old_names(world, fault):
    world.wire.breaks(STATUS, fault)
    assert world.token.push.register("x", ANDROID).status == "OK"
    assert world.asked(REGISTER)["requestObject"]["platform"] == "android"


def test_an_environment_goes_along_where_there_is_room_for_it(world):
    development = PushEnvironment.DEVELOPMENT
    assert world.token.push.register("x", IOS, development).status == "OK"
    assert world.asked(REGISTER) == {"requestObject": {"platform": "ios", "token": "x"}}
    tells(world, "1.10.0")
    assert world.token.push.register("x", IOS, development).status == "OK"
    assert world.asked(REGISTER) == {
        "requestObject": {"platform": "apns", "token": "x", "environment": "development"}
    }


@pytest.mark.parametrize(
    ("token", "platform", "environment"),
    [("", IOS, None), ("x", ANDROID, PushEnvironment.PRODUCTION), ("x", "web", None), ("x", IOS, "test")],
)
def test_arguments_that_can_never_be_right(world, token, platform, environment):
    with pytest.raises(ValueError):
        world.token.push.register(token, platform, environment)
    assert not world.wire.sent(REGISTER)


def test_texts_will_do_for_the_names(world):
    assert world.token.push.register("x", "ios", "production").status == "OK"


def test_the_language_and_the_processor_go_along(world):
    world.token.set_accept_language("cs")

    def with_trace(request):
        request.headers["X-Trace"] = "7"

    world.token.push.register("x", HUAWEI, None, with_trace)
    (request,) = world.wire.sent(REGISTER)
    assert (request.headers["X-Trace"], request.headers["Accept-Language"]) == ("7", "cs")


def test_a_refusal_is_an_answer(world):
    world.wire.breaks(REGISTER, error(400, "PUSH_REGISTRATION_FAILED"))
    assert world.token.push.register("x", IOS).response_error.code == "PUSH_REGISTRATION_FAILED"


def test_nobody_there(world):
    world.wire.breaks(STATUS, refused)
    world.wire.breaks(REGISTER, refused)
    with pytest.raises(NotSent):
        world.token.push.register("x", IOS)

"""From the picture in a camera to the bank's verdict, in a browser that runs for real."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Route, expect

from tests.browser.camera import READER, WITNESS, Camera
from tests.browser.site import Site
from tests.browser.window import Window, enters
from tests.sandbox_bank.at_the_counter import text_of
from tests.scan.codes import CODE, file_of, picture
from tests.support.browser import Browser as PlainBrowser
from tests.support.people import Person
from webapp.sandbox.qr import proximity_link

MESSAGE = "Příliš žluťoučký kůň"
FRAMES = "**/scan/frame*"


@pytest.fixture(scope="module")
def camera(tmp_path_factory) -> Camera:
    return Camera(tmp_path_factory.mktemp("camera") / "film.y4m")


@pytest.fixture(scope="module")
def filming(launches: Callable[..., Browser], camera: Camera) -> Browser:
    """A browser on a machine with a camera."""
    return launches(*camera.switches)


@pytest.fixture
def bare(filming: Browser, camera: Camera) -> Iterator[BrowserContext]:
    """Somebody's browser that may use the camera. It has no reader of its own: no Chromium on Linux has."""
    camera.sees_nothing()
    with filming.new_context(locale="en-US", reduced_motion="reduce", permissions=["camera"]) as context:
        context.add_init_script(WITNESS)
        yield context


@pytest.fixture
def scanner(bare: BrowserContext, site: Site, alice: Person) -> Iterator[Window]:
    """Alice's browser before the scanner."""
    enters(bare, alice, site)
    window = Window(bare.new_page(), site, start="/scan")
    yield window
    assert not window.complaints


@pytest.fixture
def reads_itself(bare: BrowserContext) -> Callable[..., None]:
    """Give the browser a reader of its own, which sees these texts."""

    def reads_itself(*texts: str) -> None:
        bare.add_init_script(READER)
        bare.expose_function("sees", lambda: list(texts))

    return reads_itself


def starts(window: Window) -> Window:
    window.page.get_by_role("button", name="Start the camera").click()
    return window


def state(window: Window, name: str) -> Locator:
    return window.page.locator(f"[data-state={name}]")


def frames_of(window: Window) -> list[str]:
    """Remember the frames that leave."""
    found: list[str] = []
    window.page.on("request", lambda one: found.append(one.url) if "/scan/frame" in one.url else None)
    return found


def films(window: Window) -> None:
    """Open the page in a window whose time stands still, start the camera, and wait for its first frame."""
    with window.page.expect_response(FRAMES):
        starts(window.stops_time().opens())
    window.settles()
    expect(state(window, "looking")).to_be_visible()


def later(window: Window, seconds: float) -> None:
    """Time passes, and what was begun then is worked off."""
    window.passes(seconds)
    for _ in range(2):  # the frame, and what the page does with the answer
        window.settles()


def camera_is_off(window: Window) -> bool:
    return window.page.evaluate(
        "!document.querySelector('video').srcObject && stream.getTracks()[0].readyState === 'ended' && !awake"
    )


@pytest.mark.parametrize("has_reader", [True, False], ids=["its own reader", "frames"])
@pytest.mark.parametrize("nearby", [False, True], ids=["without", "with a time-based code"])
def test_from_the_camera_to_a_code_that_the_bank_accepts(
    scanner: Window, site: Site, alice: Person, camera: Camera, reads_itself, has_reader, nearby
):
    counter = PlainBrowser(site.app.test_client()).opens("/sandbox/offline/payment?user=Alice")
    order = {"browser": alice.activation_id, "parameter.note": MESSAGE} | (
        {"nearby": "yes"} if nearby else {}
    )
    desk = counter.submits("Show the QR code", **order)
    text = text_of(desk)
    camera.sees(text)
    if has_reader:
        reads_itself(text.encode().decode("iso-8859-1"))
    posted = frames_of(scanner)

    starts(scanner.opens())
    expect(scanner.heading).to_have_text("Payment")
    expect(scanner.page.locator("main")).to_contain_text(MESSAGE)
    assert bool(posted) is not has_reader
    scanner.page.get_by_label("Your PIN").fill(alice.pin)
    scanner.page.get_by_role("button", name="Show the approval code").click()
    code = scanner.page.locator("output").text_content()
    assert re.fullmatch(r"\d{8}-\d{8}", code)

    if nearby:
        desk = desk.follows("Type the customer's code")
    verdict = desk.submits("Check the code", code=code)
    assert "The code is right" in verdict.text


@pytest.mark.parametrize("has_reader", [True, False], ids=["its own reader", "frames"])
def test_a_sign_in_at_another_screen_is_approved_with_its_code(
    scanner: Window, site: Site, alice: Person, camera: Camera, reads_itself, has_reader
):
    nearby = site.bank.offers("Alice", "login_nearby")
    link = proximity_link(nearby, str(site.bank.operation(nearby)["proximityOtp"]))
    camera.sees(link)
    if has_reader:
        reads_itself("https://shop.example/", link)
    scanner.opens(f"/operations/{nearby}")
    scanner.page.get_by_role("link", name="Scan the code instead").click()
    starts(scanner)
    expect(scanner.page.get_by_text("The code is there")).to_be_visible()
    scanner.page.get_by_label("Your PIN").fill(alice.pin)
    scanner.page.get_by_role("button", name="Approve").click()
    expect(scanner.heading).to_have_text("Approved")
    assert site.bank.status(nearby) == "APPROVED"


def test_a_newcomer_scans_an_activation_code(bare: BrowserContext, site: Site, camera: Camera):
    offer = site.bank.gives_code("Bob")
    camera.sees(offer.scanned)
    window = Window(bare.new_page(), site).opens("/activation/new")
    window.page.get_by_role("link", name="Scan the code instead").click()
    starts(window)
    expect(window.heading).to_have_text("Enrol this browser")
    expect(window.page.get_by_label("Activation code")).to_have_value(offer.scanned)
    assert offer.code not in window.page.url
    assert not window.complaints


def test_a_reader_that_loses_letters_is_not_believed(scanner: Window, camera: Camera, reads_itself):
    """Text without UTF-8 comes out of some readers full of holes: then the site reads the picture."""
    camera.sees(CODE)
    reads_itself("K\ufffd\ufffd")
    posted = frames_of(scanner)
    starts(scanner.opens())
    expect(scanner.heading).to_have_text("This browser is enrolled already")
    assert posted


def test_a_reader_that_fails_is_done_without(scanner: Window, camera: Camera):
    scanner.page.add_init_script(
        READER.replace("return video", "throw new Error('no service'); return video")
    )
    camera.sees(CODE)
    starts(scanner.opens())
    expect(scanner.heading).to_have_text("This browser is enrolled already")


def test_a_picture_from_disk(scanner: Window, site: Site):
    nearby = site.bank.offers("Alice", "login_nearby")
    photo = file_of(picture(proximity_link(nearby, "40718263")), "JPEG")
    scanner.opens().page.get_by_label("A photo or a screenshot").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    scanner.page.get_by_role("button", name="Read the picture").click()
    expect(scanner.heading).to_have_text("Open this operation?")


def test_a_text_from_the_clipboard_keeps_its_lines(scanner: Window, site: Site, alice: Person):
    counter = PlainBrowser(site.app.test_client()).opens("/sandbox/offline/payment?user=Alice")
    text = text_of(counter.submits("Show the QR code", browser=alice.activation_id))
    scanner.opens().page.get_by_label("Text of the code").fill(text)
    scanner.page.get_by_role("button", name="Read the text").click()
    expect(scanner.page.get_by_label("Your PIN")).to_be_visible()


def test_what_is_no_code_of_ours_is_told_and_the_camera_starts_again(
    scanner: Window, camera: Camera, site: Site
):
    camera.sees("https://shop.example/")
    starts(scanner.opens())
    expect(scanner.page.get_by_role("alert")).to_contain_text("no code of your bank for this site")
    camera.sees(CODE)
    starts(scanner)
    expect(scanner.heading).to_have_text("This browser is enrolled already")


def test_nothing_starts_without_a_press(scanner: Window):
    scanner.opens()
    assert scanner.page.evaluate("window.wanted") is None
    assert state(scanner, "looking").is_hidden()
    starts(scanner)
    expect(state(scanner, "looking")).to_be_visible()
    wanted = scanner.page.evaluate("wanted")
    assert wanted["video"]["facingMode"] == "environment"
    assert "audio" not in wanted
    assert scanner.page.evaluate("awake") == 1


def test_a_press_stops_it(scanner: Window):
    starts(scanner.opens())
    expect(state(scanner, "looking")).to_be_visible()
    scanner.page.get_by_role("button", name="Stop the camera").click()
    expect(scanner.page.locator("video")).to_be_hidden()
    assert camera_is_off(scanner)
    expect(scanner.page.locator("[data-state]:visible")).to_have_count(0)


def test_a_page_that_nobody_sees_does_not_film(scanner: Window):
    films(scanner)
    scanner.hides()
    assert camera_is_off(scanner)
    posted = frames_of(scanner)
    scanner.shows()
    expect(state(scanner, "paused")).to_be_visible()
    later(scanner, 60)
    assert posted == []
    starts(scanner)
    expect(state(scanner, "looking")).to_be_visible()


def test_who_leaves_and_comes_back_finds_the_camera_off(scanner: Window):
    starts(scanner.opens())
    expect(state(scanner, "looking")).to_be_visible()
    scanner.page.get_by_role("link", name="History").click()
    expect(scanner.heading).to_have_text("History")
    scanner.page.go_back()
    expect(scanner.page.get_by_role("button", name="Start the camera")).to_be_visible()


def test_frames_come_four_a_second_at_most(scanner: Window):
    posted = frames_of(scanner)
    films(scanner)
    for number in range(1, 5):
        assert len(posted) == number
        later(scanner, 0.24)
        assert len(posted) == number
        later(scanner, 0.01)


def test_a_frame_waits_for_the_one_before(scanner: Window):
    held: list[Route] = []
    scanner.page.route(FRAMES, lambda route: held.append(route))  # noqa: PLW0108 - it marks its handlers
    with scanner.page.expect_request(FRAMES):
        starts(scanner.stops_time().opens())
    later(scanner, 9)
    assert len(held) == 1
    held[0].fulfill(status=204)
    later(scanner, 0.25)
    assert len(held) == 2


def test_a_frame_is_small_and_grey_and_the_whole_picture_takes_turns_with_its_middle(scanner: Window):
    sizes: list[tuple[int, int]] = []

    def looked_at(route: Route) -> None:
        width, height = (int(one) for one in re.findall(r"=(\d+)", route.request.url))
        assert len(route.request.post_data_buffer) == width * height <= 400_000
        assert set(route.request.post_data_buffer) <= set(range(140, 170)), "the wall"
        sizes.append((width, height))
        route.fulfill(status=204)

    scanner.page.route(FRAMES, looked_at)
    films(scanner)
    later(scanner, 0.25)
    later(scanner, 0.25)
    assert sizes == [(843, 474), (632, 632), (843, 474)]


def test_after_a_while_the_page_says_what_helps(scanner: Window):
    films(scanner)
    for seconds in (11, 0.25):
        later(scanner, seconds)
    expect(state(scanner, "looking")).to_be_visible()
    for seconds in (2, 0.25):
        later(scanner, seconds)
    expect(state(scanner, "slow")).to_be_visible()
    scanner.page.get_by_role("link", name="Paste its text").click()
    expect(scanner.page.get_by_label("Text of the code")).to_be_in_viewport()


def test_a_camera_that_dies_is_told(scanner: Window):
    films(scanner)
    scanner.page.evaluate("stream.getTracks()[0].stop()")
    later(scanner, 3)
    expect(state(scanner, "looking")).to_be_visible()
    later(scanner, 2)
    expect(state(scanner, "stopped")).to_be_visible()
    expect(scanner.page.locator("video")).to_be_hidden()
    starts(scanner)
    expect(state(scanner, "looking")).to_be_visible()


def test_a_site_that_is_gone_is_told(scanner: Window):
    films(scanner)
    scanner.page.route(FRAMES, lambda route: route.abort())
    for _ in range(2):
        later(scanner, 2)
        expect(state(scanner, "looking")).to_be_visible()
    later(scanner, 2)
    expect(state(scanner, "unreachable")).to_be_visible()
    assert camera_is_off(scanner)
    scanner.page.unroute(FRAMES)
    starts(scanner)
    expect(state(scanner, "looking")).to_be_visible()


def test_a_page_of_an_earlier_enrolment_is_told(scanner: Window, bare: BrowserContext):
    scanner.opens()
    bare.clear_cookies()
    starts(scanner)
    expect(state(scanner, "stale")).to_be_visible()
    assert camera_is_off(scanner)


def test_light_zoom_and_cameras_are_offered_where_there_are_any(scanner: Window):
    scanner.page.add_init_script(
        """
        const zoom = { min: 1, max: 5, step: 0.5 };
        MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true, zoom });
        MediaStreamTrack.prototype.getSettings = () => ({ zoom: 2, deviceId: "back" });
        MediaDevices.prototype.enumerateDevices = async () => [
          { kind: "audioinput", deviceId: "mic", label: "Ear" },
          { kind: "videoinput", deviceId: "front", label: "<b>Front</b>" },
          { kind: "videoinput", deviceId: "back", label: "" },
        ];
        """
    )
    starts(scanner.opens())
    light = scanner.page.get_by_role("button", name="Light")
    light.click()
    expect(light).to_have_attribute("aria-pressed", "true")
    light.click()
    expect(light).to_have_attribute("aria-pressed", "false")
    zoom = scanner.page.get_by_role("slider", name="Zoom")
    expect(zoom).to_have_value("2")
    zoom.fill("3.5")
    assert scanner.page.evaluate("wishes") == [{"torch": True}, {"torch": False}, {"zoom": 3.5}]
    cameras = scanner.page.get_by_role("combobox", name="Camera")
    expect(cameras).to_have_value("back")
    assert cameras.locator("option").all_inner_texts() == ["<b>Front</b>", "2"]
    cameras.select_option("front")
    expect(state(scanner, "busy")).to_be_visible()  # in truth there is none of this name
    assert scanner.page.evaluate("wanted.video.deviceId.exact") == "front"


def test_controls_that_a_camera_does_not_have_are_not_shown(scanner: Window):
    starts(scanner.opens())
    expect(state(scanner, "looking")).to_be_visible()
    for role, name in (("button", "Light"), ("slider", "Zoom"), ("combobox", "Camera")):
        expect(scanner.page.get_by_role(role, name=name)).to_have_count(0)


def test_a_camera_that_is_not_allowed(filming: Browser, site: Site, alice: Person):
    with filming.new_context() as context:
        enters(context, alice, site)
        window = starts(Window(context.new_page(), site).opens("/scan"))
        expect(state(window, "denied")).to_be_visible()
        expect(window.page.get_by_role("button", name="Start the camera")).to_be_visible()
        window.page.get_by_label("Text of the code").fill("Hello")
        window.page.get_by_role("button", name="Read the text").click()
        expect(window.page.get_by_role("alert")).to_contain_text("no code of your bank")


def test_a_machine_without_a_camera(chromium: Browser, site: Site, alice: Person):
    with chromium.new_context(permissions=["camera"]) as context:
        enters(context, alice, site)
        window = starts(Window(context.new_page(), site).opens("/scan"))
        expect(state(window, "missing")).to_be_visible()


@pytest.mark.parametrize("error", ["NotReadableError", "AbortError", "OverconstrainedError"])
def test_a_camera_that_somebody_else_uses(scanner: Window, error):
    refuse = f'MediaDevices.prototype.getUserMedia = async () => {{ throw new DOMException("", "{error}"); }}'
    scanner.page.add_init_script(refuse)
    starts(scanner.opens())
    expect(state(scanner, "busy")).to_be_visible()


def test_a_browser_that_knows_no_cameras(scanner: Window):
    scanner.page.add_init_script(
        'Object.defineProperty(Navigator.prototype, "mediaDevices", { value: undefined })'
    )
    scanner.opens()
    expect(state(scanner, "missing")).to_be_visible()
    expect(scanner.page.get_by_role("button", name="Start the camera")).to_be_hidden()


def test_without_script_picture_and_text_are_all_there_is(filming: Browser, site: Site, alice: Person):
    with filming.new_context(java_script_enabled=False) as context:
        enters(context, alice, site)
        window = Window(context.new_page(), site)
        window.opens("/scan")
        expect(window.page.get_by_text("With the camera")).to_be_hidden()
        photo = {"name": "x.png", "mimeType": "image/png", "buffer": file_of(picture(CODE))}
        window.page.get_by_label("A photo or a screenshot").set_input_files(photo)
        window.page.get_by_role("button", name="Read the picture").click()
        expect(window.heading).to_have_text("This browser is enrolled already")

"""create_app: the only place that knows every room, and puts them together."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, abort, request
from sqlalchemy import Engine

from webapp import logs
from webapp.clock import Clock, SystemClock
from webapp.commands.install import install_commands
from webapp.custody.audit import AuditTrail
from webapp.custody.audit_sql import SqlAuditStore
from webapp.custody.custody import Custody
from webapp.custody.engine import make_engine
from webapp.custody.migrate import is_migrated, migrate
from webapp.custody.sql import SqlStore
from webapp.custody.tries import Tries
from webapp.custody.tries_sql import SqlTries
from webapp.flows.alarm import Alarm
from webapp.flows.audit import Audit
from webapp.flows.guard import Guard
from webapp.flows.passkey_notes import Notes
from webapp.flows.passkeys import Passkeys
from webapp.flows.readiness import BackendWatch, readiness
from webapp.flows.relying_party import RelyingParty
from webapp.flows.services import Services
from webapp.flows.snapshot import Snapshots
from webapp.flows.upstream import Upstream
from webapp.measures import Measures, Unmeasured
from webapp.mtoken.announced import AnnouncedTransport
from webapp.mtoken.exchanges import ExchangeNote, WatchedTransport
from webapp.mtoken.keeper import MemoryKeeper
from webapp.mtoken.power_auth import PowerAuthConfiguration
from webapp.mtoken.transport import Transport
from webapp.powerauth.state import ActivationState
from webapp.randomness import Random, system_random
from webapp.settings import Backend, Settings
from webapp.web import action, health
from webapp.web.install import install

ROOT = Path(__file__).parent.parent
LEASE_SPARE_S = 5.0
ALARM_TIMEOUT_S = 3.0


class _Site(Flask):
    """None of its functions is a coroutine: nobody need look at each of them, with every request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(
    settings: Settings | None = None,
    *,
    transport: Transport | None = None,
    public_transport: Transport | None = None,
    clock: Clock | None = None,
    random: Random = system_random,
    alarm: Alarm | None = None,
    watch: BackendWatch | None = None,
) -> Flask:
    """The site; without settings, only what has to work when the site could not start.

    Tests pass their own transports, clock, randomness, alarm and watch; nobody else needs to.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    if settings is None:
        return _commands()
    logs.configure()
    clock = clock or SystemClock()
    app = _Site("webapp", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    backend = settings.backend
    if settings.sandbox_database is not None:
        backend, transport = _embed_sandbox(app, settings.sandbox_database, clock, random)
    if backend is None:
        raise ValueError("settings have neither a backend nor a sandbox")
    measures, watch = _measures(settings, clock), watch or BackendWatch(clock)
    transport = transport or _network(settings)
    migrate(settings.database_url)
    engine = make_engine(settings.database_url)
    app.extensions["assent"] = services = _services(
        settings,
        engine,
        backend,
        _observed(transport, backend, measures, watch, clock),
        clock,
        random,
        alarm or _alarm(settings),
        public_transport or _public_network(clock),
        measures,
    )
    install(app, settings)
    ask = services.upstream.power_auth(MemoryKeeper()).fetch_server_status
    health.configure(app, lambda: readiness(lambda: is_migrated(engine), lambda: watch.state(ask)))
    measures.install(app)
    install_commands(app, settings, clock)
    logs.install(app, clock)
    return app


def _commands() -> Flask:
    """What `flask --app webapp.app` finds: the commands, and no page."""
    app = Flask("webapp", static_folder=None)
    install_commands(app)
    app.before_request(lambda: abort(HTTPStatus.SERVICE_UNAVAILABLE))
    return app


def _services(
    settings: Settings,
    engine: Engine,
    backend: Backend,
    transport: Transport,
    clock: Clock,
    random: Random,
    alarm: Alarm | None,
    pictures: Transport,
    measures: Measures,
) -> Services:
    custody = Custody(
        SqlStore(engine),
        settings.server_keys,
        read_state=ActivationState.from_bytes,
        name_of=lambda state: state.activation_id,
        clock=clock,
        random=random,
        # Nobody speaks to the backend for longer than this, so nobody alive loses the lease.
        lease_s=settings.total_timeout_s + LEASE_SPARE_S,
        wait_s=settings.total_timeout_s + 2 * LEASE_SPARE_S,
        waited=measures.lease,
    )
    upstream = Upstream(
        PowerAuthConfiguration(backend.enrollment_url, backend.sdk_configuration, settings.protocol_version),
        transport,
        clock=clock,
        random=random,
    )
    audit_keys = settings.audit_keys or settings.server_keys
    trail = AuditTrail(SqlAuditStore(engine), audit_keys, random=random)
    return Services(
        custody,
        upstream,
        Snapshots(settings.secret_key, clock=clock, random=random),
        Guard(Tries(SqlTries(engine), settings.secret_key, clock=clock), settings.rates),
        settings.policy,
        clock,
        alarm,
        pictures,
        Audit(trail, clock=clock, server_time=upstream.server_time, noted=measures.act),
        _passkeys(settings, clock, random),
    )


def _observed(
    transport: Transport, backend: Backend, measures: Measures, watch: BackendWatch, clock: Clock
) -> Transport:
    """Every request names for whom it is, and is counted and watched."""

    def told(note: ExchangeNote) -> None:
        watch.note(note)
        measures.exchange(note)
        logs.exchange(note)

    watched = WatchedTransport(transport, backend.enrollment_url, clock=clock, told=told)
    return AnnouncedTransport(watched, action.origin)


def _measures(settings: Settings, clock: Clock) -> Measures:
    if not settings.has_metrics:
        return Unmeasured()
    # Imported here: the library looks at the environment when it is loaded.
    from webapp.metrics import Metrics  # noqa: PLC0415

    return Metrics(clock, token=settings.metrics_token)


def _passkeys(settings: Settings, clock: Clock, random: Random) -> Passkeys | None:
    if not settings.offers_passkeys:
        return None
    party = RelyingParty(
        settings.application_name, settings.origin, takes_synced=settings.policy.synced_passkeys
    )
    notes = Notes(settings.secret_key, clock=clock, random=random)
    return Passkeys(party, notes, clock=clock, random=random)


def _network(settings: Settings) -> Transport:
    # Imported here: tests and the demo have no network.
    from webapp.mtoken.http import HttpTransport  # noqa: PLC0415

    return HttpTransport(
        connect_timeout_s=settings.connect_timeout_s,
        read_timeout_s=settings.read_timeout_s,
        total_timeout_s=settings.total_timeout_s,
        **settings.outbound.options(),
    )


def _public_network(clock: Clock) -> Transport:
    from webapp.mtoken.public_http import PublicTransport  # noqa: PLC0415

    return PublicTransport(clock=clock)


def _alarm(settings: Settings) -> Alarm | None:
    if settings.alarm is None:
        return None
    from webapp.mtoken.http import HttpTransport  # noqa: PLC0415

    transport = HttpTransport(
        connect_timeout_s=ALARM_TIMEOUT_S,
        read_timeout_s=ALARM_TIMEOUT_S,
        total_timeout_s=2 * ALARM_TIMEOUT_S,
        # Another service than the backend: our certificate is not shown there.
        **replace(settings.outbound, certificate=None, key=None).options(),
    )
    return Alarm(settings.alarm.url, settings.alarm.secret, transport)


def _embed_sandbox(app: Flask, database: str, clock: Clock, random: Random) -> tuple[Backend, Transport]:
    """The other side in this very process: for the demo, and never loaded anywhere else."""
    from webapp.powerauth.sdk_configuration import SdkConfiguration  # noqa: PLC0415
    from webapp.sandbox.backend import Backend as Sandbox  # noqa: PLC0415
    from webapp.sandbox.bank import bank  # noqa: PLC0415
    from webapp.sandbox.bank_sign_in import sign_in  # noqa: PLC0415
    from webapp.sandbox.demo_ways import move_provider, open_ways  # noqa: PLC0415
    from webapp.sandbox.transport import InMemoryTransport  # noqa: PLC0415

    sandbox = Sandbox(database, clock=clock, random=random)
    open_ways(sandbox)
    app.register_blueprint(bank(sandbox))
    app.register_blueprint(sign_in(sandbox))

    @app.before_request
    def sign_in_here() -> None:
        """Only the browser knows under which name and port it has found the demo."""
        if request.endpoint == "sign_in.begin":
            move_provider(sandbox, request.url_root, random=random)

    url = "https://sandbox.example/enrollment-server"
    configuration = SdkConfiguration.parse(sandbox.sdk_configuration())
    return Backend(url, configuration), InMemoryTransport(sandbox, url)

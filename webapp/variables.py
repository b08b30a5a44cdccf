"""Every variable of the environment that the site reads: its name, meaning and default.

`settings.py`, `network.py`, `branding.py` and `sites.py` say what a value has to look like. `make docs`
writes this list into docs/configuration.md.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

PREFIX: Final = "ASSENT_"

_PAGE: Final = re.compile(r"docs/([a-z-]+[.]md)")


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting, in Markdown words for whoever runs the site."""

    name: str
    meaning: str
    default: str | None = None
    """The text that stands for it when it is not set; None: it has to be set, if it is needed."""
    unset: str = ""
    """What that means, where the default does not say it."""
    is_secret: bool = False
    """It may lie in a file of its own, which the variable with `_FILE` behind its name says."""

    def row(self) -> str:
        """Its row of the table in docs/configuration.md."""
        meaning = _PAGE.sub(r"[\1](\1)", self.meaning)
        name = f"`{self.name}` or `…_FILE`" if self.is_secret else f"`{self.name}`"
        return f"| {name} | {meaning} | {self._when_unset()} |"

    def _when_unset(self) -> str:
        if self.unset:
            return self.unset
        if self.default is None:
            return "required"
        return f"`{self.default}`" if self.default else "not set"


SECTIONS: Final[Mapping[str, tuple[Variable, ...]]] = MappingProxyType(
    {
        "The bank": (
            Variable(
                "ASSENT_ENROLLMENT_URL",
                "the enrollment server, such as `https://bank.example/enrollment-server`; plain HTTP only "
                "to this machine",
            ),
            Variable(
                "ASSENT_SDK_CONFIGURATION",
                "the application's mobile SDK configuration string, as the PowerAuth Server shows it",
            ),
            Variable(
                "ASSENT_PROTOCOL_VERSION",
                "3.3, 3.2, 3.1 or 3.0; there is no negotiation",
                default="3.3",
            ),
        ),
        "Keys and storage": (
            Variable(
                "ASSENT_SERVER_KEYS",
                "the server's half of every key: `id:Base64` of 32 random bytes, several separated by "
                "commas; the first seals, all open; each but the first may have its last day behind it, "
                "`id:Base64:2027-01-31`, after which (UTC) it opens nothing (docs/custody.md)",
                is_secret=True,
            ),
            Variable(
                "ASSENT_SECRET_KEY",
                "signs sessions and forms; at least 32 random characters",
                is_secret=True,
            ),
            Variable(
                "ASSENT_DATABASE_URL",
                "where sealed activations lie, as SQLAlchemy writes it: `sqlite:///` and a file, or "
                "`postgresql+psycopg://user@host/name` (docs/custody.md)",
                default="sqlite:///instance/assent.sqlite",
                is_secret=True,
            ),
            Variable(
                "ASSENT_AUDIT_KEYS",
                "what seals the audit trail, in the form of `ASSENT_SERVER_KEYS`; the first seals, all "
                "open. Keep every key for as long as the trail is to be read (docs/audit.md)",
                default="",
                unset="the server keys",
                is_secret=True,
            ),
            Variable(
                "ASSENT_RECEIPT_DAYS",
                "days for which receipts are kept when `purge` is run (docs/operating.md); the newest one "
                "of an activation stays",
                default="90",
            ),
        ),
        "What people see": (
            Variable(
                "ASSENT_APPLICATION_NAME",
                "the name that people read",
                default="Assent",
            ),
            Variable(
                "ASSENT_SUPPORT_PHONE",
                "whom people call when something is wrong, such as `+420 800 123 456`",
                default="",
            ),
            Variable(
                "ASSENT_LOGO",
                "a file with your sign, SVG with a `viewBox` or PNG, at most 64 KiB and four times as wide "
                "as high. It stands before the name; where the system is dark, on a dark ground",
                default="",
                unset="Assent's own",
            ),
            Variable(
                "ASSENT_COLOUR",
                "your main colour, such as `#0a4a8c`: buttons, links, the line on top. It needs a contrast "
                "of 4.5:1 on every light ground, which is checked at the start",
                default="",
                unset="a blue",
            ),
            Variable(
                "ASSENT_COLOUR_DARK",
                "the same where the system is dark, such as `#93c1f5`: on every dark ground",
                default="",
                unset="a light blue",
            ),
            Variable(
                "ASSENT_LANGUAGES",
                "languages of the site's own words, the first is the fallback",
                default="en,cs,de,es,fr,pl,uk,ar",
            ),
            Variable(
                "ASSENT_SERVICE_WORKER",
                "`off`: browsers keep no static files and no page for when the site cannot be reached, and "
                "those that do so already remove them",
                default="on",
            ),
        ),
        "Approvals": (
            Variable(
                "ASSENT_RETYPE",
                "which approvals ask the person to retype the end of the account, or the amount: `off`, "
                "`flagged` (a warning of the bank, or an amount over the limit), `always`",
                default="flagged",
            ),
            Variable(
                "ASSENT_AMOUNT_LIMITS",
                "the largest amounts that are not flagged, such as `EUR:1000,CZK:25000`; once it is set, "
                "amounts in other currencies are flagged too",
                default="",
            ),
            Variable(
                "ASSENT_APPROVE_MISMATCHED",
                "`yes`: an operation may be approved although what is signed and what is shown disagree; "
                "the warning stays",
                default="no",
            ),
            Variable(
                "ASSENT_APPROVE_UNSHOWN",
                "`yes`: an operation may be approved although something in it cannot be shown; the remark "
                "stays",
                default="no",
            ),
            Variable(
                "ASSENT_REDIRECT_HOSTS",
                "hosts to which a page may lead after an approval, separated by commas; `*.shop.example` "
                "takes every host below it",
                default="",
                unset="not set: no host",
            ),
            Variable(
                "ASSENT_REDIRECT_SCHEMES",
                "schemes of your own applications to which it may lead, such as `mybank`",
                default="",
                unset="not set: none",
            ),
            Variable(
                "ASSENT_PROXIMITY_LIFETIME",
                "seconds after which a proximity code is too old to be sent; twice the step of the server",
                default="60",
            ),
            Variable(
                "ASSENT_OFFLINE_URI_ID",
                "what the approval code of an offline operation says it is for; the bank checks it with the "
                "same text",
                default="/operation/authorize/offline",
            ),
            Variable(
                "ASSENT_OFFLINE_DIGITS",
                "digits of each half of an approval code, 4 to 8; the same as "
                "`offlineSignatureComponentLength` of the PowerAuth Server",
                default="8",
            ),
            Variable(
                "ASSENT_ALARM_URL",
                'your service that is told when somebody says "I did not ask for this" (docs/alarm.md)',
                unset="not set: nobody is told",
            ),
            Variable(
                "ASSENT_ALARM_SECRET",
                "signs these messages; at least 32 random characters",
                unset="required with the address",
                is_secret=True,
            ),
        ),
        "PINs, passwords, passkeys": (
            Variable(
                "ASSENT_SECRET_KIND",
                "what people choose and prove themselves with: `pin` (digits) or `password` (any "
                "characters). After a change from `pin`, PINs that were chosen before stay good; after a "
                "change from `password`, people who have one with other characters than digits enrol again",
                default="pin",
            ),
            Variable(
                "ASSENT_PIN_MIN",
                "the fewest digits of a new PIN, 4 to 32, or characters of a new password, 8 to 128; what "
                "was chosen before stays good",
                default="",
                unset="`4`, or `8`",
            ),
            Variable(
                "ASSENT_PIN_MAX",
                "the most of them",
                default="",
                unset="`32`, or `128`",
            ),
            Variable(
                "ASSENT_ORIGIN",
                "where people reach the site, such as `https://approve.bank.example`; passkeys are bound to "
                "its host, so it should never change (docs/passkeys.md)",
                default="",
                unset="not set: no passkeys; the demo is at `localhost`",
            ),
            Variable(
                "ASSENT_SYNCED_PASSKEYS",
                "`yes`: a passkey may be used that an account copies to other devices, as most phones and "
                "Macs make them (docs/passkeys.md)",
                default="no",
            ),
        ),
        "Ways to enrol": (
            Variable(
                "ASSENT_ACTIVATION_OTP",
                "whether people who enrol with an activation code may (`optional`) or have to (`required`) "
                "enter a one-time password as well (docs/ways-in.md)",
                default="off",
            ),
            Variable(
                "ASSENT_CREDENTIALS",
                "what people enter to enrol without a code, as your server's activation provider wants it: "
                "`name:label`, with `:secret` behind it for what nobody should see, such as `username:User "
                "name,password:Password:secret` (docs/ways-in.md)",
                default="",
                unset="not set: not possible",
            ),
            Variable(
                "ASSENT_RECOVERY",
                "`on`: a recovery code and its PUK replace an activation that was lost (docs/ways-in.md)",
                default="off",
            ),
            Variable(
                "ASSENT_OIDC_PROVIDER",
                "the `providerId` of an OpenID provider that your server knows: people sign in there to "
                "enrol (docs/ways-in.md)",
                default="",
                unset="not set: not possible",
            ),
        ),
        "Limits and numbers": (
            Variable(
                "ASSENT_LIMITS",
                "how often something may be tried, where it shall differ from the defaults: "
                "`name:count/minute`, `/hour`, `/day` or `name:off`, several separated by commas "
                "(docs/limits.md)",
                default="",
                unset="not set: the defaults",
            ),
            Variable(
                "ASSENT_LIMITS_STORAGE",
                "where workers count the coarse limits together, such as `redis://127.0.0.1:6379` "
                "(docs/limits.md)",
                default="",
                unset="not set: each for itself",
            ),
            Variable(
                "ASSENT_METRICS_BIND",
                "address and port such as `127.0.0.1:9100` on which gunicorn's workers tell numbers to "
                "Prometheus, to whoever can connect (docs/monitoring.md)",
                default="",
                unset="not set: nowhere",
            ),
            Variable(
                "ASSENT_METRICS_TOKEN",
                "who sends it as `Authorization: Bearer …` is told the numbers at `/metrics`; at least 32 "
                "random characters",
                default="",
                unset="not set: nobody",
                is_secret=True,
            ),
        ),
        "Where the site stands": (
            Variable(
                "ASSENT_HOSTS",
                "host names under which the site answers, separated by commas, beside that of "
                "`ASSENT_ORIGIN`; who comes under another one gets a page that says so",
                default="",
                unset="that of `ASSENT_ORIGIN`; without it any name",
            ),
            Variable(
                "ASSENT_TRUSTED_PROXIES",
                "how many proxies of yours stand in front: so many entries of `X-Forwarded-For` and "
                "`X-Forwarded-Proto` are believed, from the right. With one or more, requests that came "
                "over plain HTTP are refused; making them https is the proxy's work",
                default="0",
                unset="`0`: the headers mean nothing",
            ),
            Variable(
                "ASSENT_PREFIX",
                "the path below which the site lies, such as `/approve`; the proxy passes it on as it is. "
                "Cookies are those of the whole host, so no site that you do not trust belongs beside it",
                default="",
                unset="not set: the whole host",
            ),
            Variable(
                "ASSENT_BIND",
                "where gunicorn listens: address and port, or `unix:/run/assent/socket`",
                default="127.0.0.1:8000",
            ),
            Variable(
                "ASSENT_WORKERS",
                "processes of gunicorn",
                default="2",
            ),
            Variable(
                "ASSENT_THREADS",
                "threads in each; so many requests are served at once",
                default="8",
            ),
            Variable(
                "ASSENT_SITES",
                "a folder with one file per application, such as `mybank.env`: several applications in one "
                "instance, chosen by host name (docs/several-applications.md)",
                default="",
                unset="not set: one application",
            ),
            Variable(
                "ASSENT_SITE",
                "of several applications the one that a command is about, such as `mybank`",
                default="",
            ),
        ),
        "The way to the bank": (
            Variable(
                "ASSENT_OUTBOUND_PROXY",
                "the proxy through which the backend and the alarm are reached, such as "
                "`http://proxy.bank.example:3128`, with `name:password@` if it asks. The environment's "
                "`HTTPS_PROXY` means nothing",
                default="",
                unset="not set: straight",
            ),
            Variable(
                "ASSENT_CA_FILE",
                "a PEM file of the authorities to trust for the backend and the alarm, in place of the "
                "usual ones. The environment's `REQUESTS_CA_BUNDLE` means nothing",
                default="",
                unset="the usual ones",
            ),
            Variable(
                "ASSENT_CLIENT_CERTIFICATE",
                "a PEM file: the certificate with which this site shows the backend who it is",
                default="",
            ),
            Variable(
                "ASSENT_CLIENT_KEY",
                "a PEM file: its key, without a password",
                unset="required with the certificate",
            ),
            Variable(
                "ASSENT_CONNECT_TIMEOUT",
                "seconds to reach the backend",
                default="5",
            ),
            Variable(
                "ASSENT_READ_TIMEOUT",
                "seconds to wait for the backend's next bytes",
                default="15",
            ),
            Variable(
                "ASSENT_TOTAL_TIMEOUT",
                "seconds for one whole exchange; a lease lasts five seconds longer",
                default="30",
            ),
        ),
        "The demo": (
            Variable(
                "ASSENT_SANDBOX_DATABASE",
                "a file: makes this instance a demo with an embedded sandbox, without the first two "
                "settings and without HTTPS; never in production",
                default="",
            ),
        ),
    }
)
VARIABLES: Final[Mapping[str, Variable]] = MappingProxyType(
    {variable.name: variable for variables in SECTIONS.values() for variable in variables}
)

_INTRODUCTION: Final = """# Configuration

All settings are environment variables. At the start every bad value is named in one message; a variable
that begins with `ASSENT_` and is no setting is an error, so that a typing mistake does not go unnoticed.
Where a table says `or …_FILE`, a file may hold the value, such as `ASSENT_SECRET_KEY_FILE=/run/secrets/key`:
what lies in a file does not show in the process's environment.

`flask --app webapp.app settings` prints this page, and `flask --app webapp.app doctor` says what is missing.
"""


def reference() -> Iterator[str]:
    """The lines of docs/configuration.md: a Markdown table for each section."""
    yield from _INTRODUCTION.splitlines()
    for title, variables in SECTIONS.items():
        yield from ("", f"## {title}", "", "| variable | meaning | default |", "| --- | --- | --- |")
        yield from (variable.row() for variable in variables)

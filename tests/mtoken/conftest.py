"""What the tests of the SDK and of its network side share."""

import datetime as dt
import ipaddress
import ssl
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.mtoken.public_hosts import HOST, transport_to
from tests.mtoken.token_world import make_world
from webapp.mtoken.http import HttpTransport
from webapp.powerauth.protocol import Version


@pytest.fixture
def transport():
    transport = HttpTransport(
        connect_timeout_s=1, read_timeout_s=0.3, total_timeout_s=0.8, max_body_bytes=1000
    )
    yield transport
    transport.close()


class Certificate:
    """A self-signed certificate for one host, as a file to trust and as a server's context."""

    def __init__(self, folder: Path, host: x509.GeneralName) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(host.value))])
        begin = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        signed = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + dt.timedelta(days=36_500))
            .add_extension(x509.SubjectAlternativeName([host]), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.path = folder / "certificate.pem"
        self.path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        key_path = folder / "key.pem"
        key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.path, key_path)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    return Certificate(tmp_path_factory.mktemp("tls"), host)


@pytest.fixture(scope="module")
def pictures_certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("tls"), x509.DNSName(HOST))


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path)


@pytest.fixture
def alice(world):
    """Alice's activation, committed by the bank."""
    return world.alice


@pytest.fixture(params=list(Version), ids=str)
def any_version(request, tmp_path):
    """The same world in every version of the protocol."""
    return make_world(tmp_path, request.param)


@pytest.fixture
def to(pictures_certificate):
    """Makes transports to a server that has the certificate of the pictures' host."""
    return partial(transport_to, ca_file=str(pictures_certificate.path))

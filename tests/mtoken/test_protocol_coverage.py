"""docs/protocol-coverage.md keeps its promises: what it names exists, and what exists it names."""

import ast
import importlib
import pkgutil
import re
from functools import cache, reduce
from pathlib import Path

import pytest

import webapp.mtoken
import webapp.powerauth
from webapp.mtoken.power_auth import PowerAuth

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "protocol-coverage.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]
# The public surface of the React Native SDK.
SDK = re.findall(
    r"\w+",
    """
    configure isConfigured deconfigure hasValidActivation canStartActivation hasPendingActivation
    getExternalPendingOperation getActivationIdentifier getActivationFingerprint hasActivationRecoveryData
    fetchActivationStatus createActivation createWithActivationCode createWithIdentityAttributes
    createWithRecoveryCode commitActivation removeActivationWithAuthentication removeActivationLocal
    requestSignature requestGetSignature offlineSignature verifyServerSignedData signDataWithDevicePrivateKey
    commitWithPassword commitWithPasswordAndBiometry possession password biometry
    createPassword length isEmpty clear addCharacter insertCharacter removeCharacterAt removeLastCharacter
    isEqualTo release testPin testPinStrength
    validatePassword changePassword unsafeChangePassword addBiometryFactor hasBiometryFactor
    removeBiometryFactor getBiometryInfo groupedBiometricAuthentication fetchEncryptionKey
    activationRecoveryData confirmRecoveryCode getEncryptorForApplicationScope getEncryptorForActivationScope
    canEncryptRequest encryptRequest canDecryptResponse decryptResponse
    requestAccessToken hasLocalToken getLocalToken removeLocalToken
    removeAllLocalTokens removeAccessToken generateHeaderForToken parseActivationCode validateActivationCode
    parseRecoveryCode validateRecoveryCode validateRecoveryPuk validateTypedCharacter correctTypedCharacter
    verifyScannedActivationCode
    """,
)


def names(cell):
    return re.findall(r"`([\w.]+)`", cell)


@cache
def library():
    """Every public name of the two packages."""
    found = {}
    for package in (webapp.powerauth, webapp.mtoken):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            content = vars(importlib.import_module(module.name))
            found |= {name: value for name, value in content.items() if not name.startswith("_")}
    return found


def exists(name):
    first, *rest = name.split(".")
    return reduce(lambda found, part: found and getattr(found, part, None), rest, library().get(first))


def ours(row):
    """The counterparts in a row: behind the mobile SDK's name, or in front of a purpose."""
    mobile = [name for name in names(row[0]) if not exists(name)]
    cell = row[1] if mobile else row[0]
    return [name for name in names(cell) if name[0].isupper() or exists(name)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].replace("`", ""))
def test_what_the_table_names_exists(row):
    assert len(row) == 3
    found = ours(row)
    assert found, "no counterpart"
    assert not [name for name in found if not exists(name)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].replace("`", ""))
def test_the_test_that_shows_it_exists(row):
    (shown,) = re.findall(r"`([\w/]+\.py::\w+)`", row[2])
    path, _, name = shown.partition("::")
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_method_of_the_mobile_sdk_has_a_row():
    named = {name for row in ROWS for name in names(row[0])}
    assert set(SDK) <= named


def test_every_public_method_of_ours_has_a_row():
    public = {f"PowerAuth.{name}" for name in dir(PowerAuth) if not name.startswith("_")}
    assert public <= {name for row in ROWS for name in ours(row)}

#!/usr/bin/env python3
"""Verifies a bundle of `conform certify` without conform: the DSSE envelope with securesystemslib, and the digests.

    pip install 'securesystemslib[crypto]'
    python3 docs/verify_envelope.py BUNDLE PUBLIC_KEY.pem
"""

import hashlib
import json
import pathlib
import sys

from cryptography.hazmat.primitives import serialization
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

STATEMENT = "statement.dsse.json"


def main(bundle: pathlib.Path, key_file: pathlib.Path) -> None:
    public = serialization.load_pem_public_key(key_file.read_bytes())
    spki = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    # The key is named by the SHA-256 of its SPKI form.
    key = SSlibKey.from_crypto(public, keyid=hashlib.sha256(spki).hexdigest())
    envelope = Envelope.from_dict(json.loads((bundle / STATEMENT).read_text()))
    envelope.verify([key], threshold=1)

    statement = json.loads(envelope.payload)
    expected = {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
    }
    for member, value in expected.items():
        if statement[member] != value:
            sys.exit(f"{member} is {statement[member]}, expected {value}")
    if envelope.payload_type != "application/vnd.in-toto+json":
        sys.exit(f"the payload is {envelope.payload_type}")

    signed = {s["name"]: s["digest"]["sha256"] for s in statement["subject"]}
    there = {p.relative_to(bundle).as_posix(): p for p in bundle.rglob("*") if p.is_file()}
    del there[STATEMENT]
    files = {name: digest for name, digest in signed.items() if not name.startswith("pkg:")}
    if files.keys() != there.keys():
        sys.exit(f"signed and not there, or there and not signed: {files.keys() ^ there.keys()}")
    for name, digest in files.items():
        if hashlib.sha256(there[name].read_bytes()).hexdigest() != digest:
            sys.exit(f"{name} is not as it was signed")
    result = statement["predicate"]["result"]
    print(f"signed by {key.keyid}: {len(files)} files as they were signed, result {result}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))

"""A passkey in software, for tests alone: what a browser and an authenticator do together.

    key = Passkey("http://localhost:8080", "localhost")
    key.assertion(challenge)       # {"key", "client_data", "authenticator_data", "signature"} in base64url
"""

import base64
import hashlib
import json
import os
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP = 0x01, 0x04, 0x08, 0x10
ALGORITHMS = {"ES256": -7, "EdDSA": -8, "RS256": -257}


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Passkey:
    def __init__(self, origin, rp_id, algorithm="ES256", synced=False):
        self.origin, self.rp_id, self.algorithm = origin, rp_id, algorithm
        self.id = os.urandom(16)
        self.flags = PRESENT | VERIFIED | (ELIGIBLE | BACKED_UP if synced else 0)
        self.counter = 0 if synced else 1       # those that are synced do not count
        if algorithm == "ES256":
            self.private = ec.generate_private_key(ec.SECP256R1())
        elif algorithm == "EdDSA":
            self.private = ed25519.Ed25519PrivateKey.generate()
        else:
            self.private = rsa.generate_private_key(65537, 2048)

    def public(self):
        """As getPublicKey() gives it."""
        return self.private.public_key().public_bytes(serialization.Encoding.DER,
                                                      serialization.PublicFormat.SubjectPublicKeyInfo)

    def _sign(self, message):
        if self.algorithm == "ES256":
            return self.private.sign(message, ec.ECDSA(hashes.SHA256()))
        if self.algorithm == "EdDSA":
            return self.private.sign(message)
        return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def assertion(self, challenge, origin=None):
        client = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": origin or self.origin,
                             "crossOrigin": False}, separators=(",", ":")).encode()
        data = hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", self.flags, self.counter)
        self.counter += 1 if self.counter else 0
        return {"key": text(self.id), "client_data": text(client), "authenticator_data": text(data),
                "signature": text(self._sign(data + hashlib.sha256(client).digest()))}

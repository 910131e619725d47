"""A Digest login as a server has read it: whether its answer is right is for whoever knows the password."""

import hmac
from dataclasses import dataclass

from recorder.rtsp.auth import Algorithm, digest_answer, digest_secret


@dataclass(frozen=True)
class DigestLogin:
    """The fields of one login (RFC 7616 §3.4); `method` and `url` are those that the answer was made for.

    `count` is empty where the client speaks RFC 2069.
    """

    algorithm: Algorithm
    user: str
    realm: str
    nonce: str
    client_nonce: str
    count: str
    method: str
    url: str
    answer: str

    def fits(self, password: str | None) -> bool:
        """Whether the answer was made with this password; the same work, and no, where there is none."""
        secret = digest_secret(self.algorithm, self.user, self.realm, password or "", self.nonce, self.client_nonce)
        right = digest_answer(self.algorithm, secret, self.method, self.url, self.nonce, self.count, self.client_nonce)
        same = hmac.compare_digest(right.encode(), self.answer.encode())
        return same and password is not None

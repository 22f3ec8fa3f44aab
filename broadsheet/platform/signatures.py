from django.core.signing import BadSignature, Signer


class AddressSigner(Signer):
    """Signs an address whose parts stand in the open, beside the signature."""

    def has_signed(self, value: str, signature: str) -> bool:
        try:
            self.unsign(f"{value}{self.sep}{signature}")
        except BadSignature:
            return False
        return True

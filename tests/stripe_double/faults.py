from typing import Any


class Fault(Exception):
    """An error as Stripe answers it."""

    def __init__(self, status: int, kind: str, code: str = "", param: str = "", **more: Any) -> None:
        super().__init__(f"{status} {code} {param}".strip())
        self.status = status
        self.error: dict[str, Any] = {"type": kind, "message": f"{code} {param}".strip(), **more}
        if code:
            self.error["code"] = code
        if param:
            self.error["param"] = param

    @classmethod
    def invalid(cls, code: str, param: str = "") -> "Fault":
        return cls(400, "invalid_request_error", code, param)

    @classmethod
    def missing(cls, param: str) -> "Fault":
        return cls(404, "invalid_request_error", "resource_missing", param)

    @classmethod
    def declined(cls, code: str, decline_code: str, intent: dict[str, Any]) -> "Fault":
        more = {"payment_intent": intent} | ({"decline_code": decline_code} if decline_code else {})
        return cls(402, "card_error", code, **more)

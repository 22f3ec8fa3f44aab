from dataclasses import dataclass
from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class Listing:
    """What makes a message one of a list's, so that its reader can leave the list from their mail program."""

    id: str
    """Such as briefing.magazine.example."""
    name: str
    unsubscribe: str
    """https://…, which answers to a POST without cookies (RFC 8058); it may hold placeholders."""
    feedback: str = ""
    """By which a provider counts complaints, such as ``2026-03-02:briefing:issue:meridian``."""

    def mark(self, message: EmailMessage) -> None:
        """Puts the headers into `message`, in place of those that are there."""
        fields = {
            "List-Id": f"{self.name} <{self.id}>",
            "List-Unsubscribe": f"<{self.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Feedback-ID": self.feedback,
        }
        for name, value in fields.items():
            del message[name]
            if value:
                message[name] = value

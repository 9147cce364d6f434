"""Filing forms on which the agency has put its seal: the same form is sealed once."""

from dataclasses import dataclass

from filing_bridge.sandbox.store.database import Database


@dataclass(frozen=True)
class SealedForm:
    """A filing form with the agency's seal, and the signed answer that goes with it."""

    sealed: bytes
    answer: str


class Forms(Database):
    SCHEMA = """
        CREATE TABLE IF NOT EXISTS form (
            key TEXT NOT NULL REFERENCES filing (key),
            form_digest TEXT NOT NULL,
            sealed BLOB NOT NULL,
            answer TEXT NOT NULL,
            PRIMARY KEY (key, form_digest)
        ) STRICT;
    """

    def form(self, key: str, form_digest: str) -> SealedForm | None:
        row = self.one("SELECT * FROM form WHERE key = ? AND form_digest = ?", key, form_digest)
        return None if row is None else SealedForm(row["sealed"], row["answer"])

    def keep_form(self, key: str, form_digest: str, form: SealedForm) -> SealedForm:
        """Keep a sealed form; when another thread was faster, its form is returned instead."""
        with self.transaction():
            self.write(
                "INSERT OR IGNORE INTO form VALUES (?, ?, ?, ?)", key, form_digest, form.sealed, form.answer
            )
            kept = self.form(key, form_digest)
            assert kept is not None
            return kept

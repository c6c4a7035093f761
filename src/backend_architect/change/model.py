"""What a sentence changes in a design."""

from dataclasses import dataclass

from backend_architect.design.load import LoadedDesign


@dataclass(frozen=True)
class DesignChange:
    """The design before and after; `providers` are the identity providers that are new, `mail` whether mail is."""

    before: LoadedDesign
    after: LoadedDesign
    providers: tuple[str, ...] = ()
    mail: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether the design has what was asked for already."""
        return self.before.text == self.after.text

"""Brief → proposed design: a sentence's features become the pieces of the catalogue, named and closed by the sentence.

Public: `propose_design` (of a brief that was read), `propose_from_text`, and the `Proposal` that they return.
"""

from backend_architect.proposal.propose import Proposal, propose_design, propose_from_text

__all__ = ["Proposal", "propose_design", "propose_from_text"]

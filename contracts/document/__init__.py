"""From template and facts to the document that is signed, its page images and its reading view."""

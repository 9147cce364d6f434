"""From template and facts to the document that is signed: expansion, typesetting, page images, reading view."""

"""How words reach a person: text message and e-mail, through gateways that can be exchanged."""

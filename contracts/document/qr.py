"""QR codes as drawings, so that they are sharp on paper and need no picture file."""

import qrcode


def drawn(text: str) -> tuple[str, int]:
    """The code as one SVG path, and its size in modules with the quiet zone (ISO/IEC 18004 §5.3.8)."""
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    rows = code.get_matrix()
    squares = (f"M{x},{y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return "".join(squares), len(rows)


def svg(text: str) -> bytes:
    """The code as a picture of its own, black on white."""
    path, size = drawn(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
    ).encode()

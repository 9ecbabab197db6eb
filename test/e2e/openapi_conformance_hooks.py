"""What JSON Schema can't say of a request, for schemathesis."""

import re

import schemathesis

LIMITS = {"product_name": 30, "description": 50}
# Methods with amounts in minor units, of which there is a largest number, and their currencies.
CURRENCIES = {"bank_push_mxn": "MXN", "pix_brl": "BRL"}


@schemathesis.hook
def filter_case(context, case):
    """Texts are counted in UTF-16 units, JSON Schema counts code points: leave out what is too long by one count alone."""
    body = case.body
    if not isinstance(body, dict):
        return True
    if "method" in body and not fits_method(body):
        return False
    return not any(isinstance(body.get(name), str) and len(body[name]) <= limit < units(body[name]) for name, limit in LIMITS.items())


def fits_method(body):
    """A method excludes the codes that are passed on, and may take one currency alone. Nobody has stored a card."""
    if any(name in body for name in ("way_type", "way_code", "transaction_network")):
        return False
    method = body["method"]
    if isinstance(method, dict) and "stored_card" in method:
        return False
    currency = CURRENCIES.get(method.get("type")) if isinstance(method, dict) else None
    if currency is None:
        return True
    return body.get("currency") == currency and re.fullmatch(r"\d{1,7}(\.\d{1,2})?", str(body.get("amount"))) is not None


def units(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

#!/usr/bin/env python3
"""Trains a dictionary for bodies: train.py ID OUTPUT BYTES. Synthetic sales from a fixed seed, in the contract's form.

A dictionary that was once released is never changed nor removed: old bodies need it. Add the next number instead."""
import json, random, subprocess, sys, tempfile, pathlib, uuid

rng = random.Random(20261121)
ADJ = "WHITE RED PINK BLUE SMALL LARGE VINTAGE RETRO ROUND SET OF 6 ASSORTED HANGING CLASSIC COTTON METAL GLASS WOODEN PAPER SILVER".split()
NOUN = "HEART HOLDER LANTERN BAG BOX MUG PLATE CANDLE FRAME CLOCK CUSHION BOTTLE TIN SIGN TRAY BOWL SPOON CARD BASKET DRAWER APRON MILK BREAD COFFEE TEA SHIRT SOCKS".split()
TENDERS = ["card", "cash", "voucher", "gift_card", "card", "card"]
TYPES = ["sale"] * 17 + ["return", "exchange", "void"]

def sale(n):
    day = "20%02d-%02d-%02d" % (rng.randint(24, 29), rng.randint(1, 12), rng.randint(1, 28))
    till = rng.randint(1, 12)
    lines = []
    for _ in range(min(1 + int(rng.expovariate(1 / 9)), 60)):
        q, price = rng.choice([1, 1, 1, 2, 3, 4, 6, 8, 12, 24]), rng.choice([85, 125, 165, 210, 255, 295, 375, 425, 495, 850, 1275])
        words = " ".join(rng.sample(ADJ, rng.randint(1, 2)) + rng.sample(NOUN, rng.randint(1, 3)))
        lines.append({"sku": "%d%s" % (rng.randint(10000, 99999), rng.choice(["", "", "A", "B", "C"])),
                      "description": words if rng.random() < .6 else words.lower(), "quantity": q,
                      "unit_price": price, "amount": q * price})
    kind = rng.choice(TYPES)
    total = sum(l["amount"] for l in lines) * (-1 if kind == "return" else 1)
    ms = "%03d" % rng.randint(0, 999) if rng.random() < .7 else None
    at = "%sT%02d:%02d:%02d%s%s" % (day, rng.randint(7, 21), rng.randint(0, 59), rng.randint(0, 59),
                                    "." + ms if ms else "", rng.choice(["Z", "+01:00", "+02:00", "+00:00"]))
    seq = rng.randint(1, 90000)
    body = {"id": str(uuid.UUID(int=rng.getrandbits(128))) if rng.random() < .8 else "T%02d-%06d" % (till, seq),
            "type": kind, "till_sequence": seq, "occurred_at": at, "business_day": day,
            "currency": rng.choice(["EUR", "EUR", "GBP", "USD"]), "receipt": "%04d-%02d-%05d" % (rng.randint(1, 99), till, seq),
            "lines": lines, "tenders": [{"type": rng.choice(TENDERS), "amount": total}], "total": total}
    if rng.random() < .7: body["member_id"] = str(rng.randint(12000, 18500))
    if kind in ("return", "void"): body["refers_to"] = str(uuid.UUID(int=rng.getrandbits(128)))
    return json.dumps(body, separators=(",", ":") if rng.random() < .85 else (", ", ": "))

with tempfile.TemporaryDirectory() as folder:
    for n in range(4000):
        (pathlib.Path(folder) / ("%05d" % n)).write_text(sale(n))
    files = sorted(str(p) for p in pathlib.Path(folder).iterdir())
    listing = pathlib.Path(folder).with_suffix(".list")
    listing.write_text("\n".join(files))
    subprocess.run(["zstd", "-q", "--train", "--filelist", str(listing), "--dictID=" + sys.argv[1],
                    "--maxdict=" + sys.argv[3], "-f", "-o", sys.argv[2]], check=True)
    listing.unlink()

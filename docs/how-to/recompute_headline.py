"""Recompute a pooled result from the archive of an edition: recompute_headline.py ARCHIVE QUESTION"""

import csv
import io
import math
import sys
import zipfile

path, question = sys.argv[1:]
with zipfile.ZipFile(path) as archive:
    tables = [csv.DictReader(io.StringIO(archive.read(f"data/{name}.csv").decode())) for name in ("effects", "pooled")]
effects, pooled = ([row for row in table if row["question"] == question] for table in tables)
used = [
    (float(row["yi"]), float(row["vi"])) for row in effects if row["analysis"] == "plan" and row["status"] == "included"
]
tau2 = 0.0
for _ in range(10_000):  # restricted maximum likelihood, by fixed-point iteration
    total = sum(1 / (vi + tau2) for _, vi in used)
    mean = sum(yi / (vi + tau2) for yi, vi in used) / total
    top = sum(((yi - mean) ** 2 - vi) / (vi + tau2) ** 2 for yi, vi in used)
    tau2 = max(0.0, top / sum(1 / (vi + tau2) ** 2 for _, vi in used) + 1 / total)
said = next(row for row in pooled if row["analysis"] == row["model"] == "plan")
sys.stdout.write(
    f"{len(used)} studies: {said['measure']} {math.exp(mean):.4f}, tau2 {tau2:.4f}\n"
    f"published: {said['measure']} {float(said['natural_estimate']):.4f}, tau2 {float(said['tau2']):.4f}\n"
)
sys.exit(0 if math.isclose(mean, float(said["estimate"]), rel_tol=1e-6) else 1)

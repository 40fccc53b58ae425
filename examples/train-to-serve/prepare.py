"""Exports scikit-learn's diabetes data (442 patients, Efron et al. 2004) as the two CSV files that the flow starts from:
patients.csv, what the model learns from, and requests.csv, what it has been asked in production lately."""
import argparse
import csv
import pathlib
import random

from sklearn.datasets import load_diabetes


def write(path, columns, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--correct-blood-pressure", action="store_true", help="as if a clinic had corrected a part of its values")
    parser.add_argument("--drift", action="store_true", help="as if requests came with the body mass index in another unit")
    options = parser.parse_args()

    data = load_diabetes(scaled=False)
    features = list(data.feature_names)
    patients = [[*map(float, row), float(target)] for row, target in zip(data.data, data.target)]
    if options.correct_blood_pressure:
        for patient in patients[::10]:
            patient[features.index("bp")] += 1.5

    # Requests resemble the patients: each is one of them, seen again a little later.
    chance = random.Random(2004)
    requests = [patient[:-1] for patient in chance.choices(patients, k=200)]
    for request in requests:
        request[features.index("age")] += 1
        if options.drift:
            request[features.index("bmi")] *= 2.2

    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out / "patients.csv", [*features, "progression"], patients)
    write(options.out / "requests.csv", features, requests)


if __name__ == "__main__":
    main()

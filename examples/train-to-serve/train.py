"""The team's own training: a logistic regression, judged by out-of-fold predictions. It knows nothing of mlsteps: it reads
its data, writes a model directory, metrics and predictions, and says on stdout how far it is."""
import argparse
import csv
import json
import pathlib

import joblib
import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

LABEL = "progresses"
FOLDS = 10


def read(path):
    with open(path, newline="") as file:
        columns, *rows = csv.reader(file)
    values = numpy.array(rows, dtype=float)
    label = columns.index(LABEL)
    names = [name for name in columns if name != LABEL]
    return names, numpy.delete(values, label, axis=1), values[:, label].astype(int)


def make_model(names, chosen):
    """The model takes all columns, whichever it looks at: so every version answers the same requests."""
    choose = FunctionTransformer(numpy.take, kw_args={"indices": [names.index(name) for name in chosen], "axis": 1})
    return make_pipeline(choose, StandardScaler(), LogisticRegression())


def out_of_fold(names, chosen, inputs, labels, seed):
    """The probability for every row by a model that has not seen it."""
    scores = numpy.zeros(len(labels))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(inputs, labels)
    for number, (seen, unseen) in enumerate(folds, start=1):
        model = make_model(names, chosen).fit(inputs[seen], labels[seen])
        scores[unseen] = model.predict_proba(inputs[unseen])[:, 1]
        print(f"fold {number}/{FOLDS}: accuracy {accuracy_score(labels[unseen], scores[unseen] >= 0.5):.3f}", flush=True)
    return scores


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--model-dir", type=pathlib.Path, required=True)
    parser.add_argument("--metrics", type=pathlib.Path, required=True)
    parser.add_argument("--predictions", type=pathlib.Path, required=True)
    parser.add_argument("--features", default="all", help="comma-separated columns, or all")
    parser.add_argument("--labels", choices=["true", "shuffled"], default="true", help="shuffled: as if a join had gone wrong")
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()

    names, inputs, truth = read(options.data)
    chosen = names if options.features == "all" else options.features.split(",")
    labels = numpy.random.default_rng(options.seed).permutation(truth) if options.labels == "shuffled" else truth
    scores = out_of_fold(names, chosen, inputs, labels, options.seed)

    options.model_dir.mkdir(parents=True, exist_ok=True)
    joblib.dump(make_model(names, chosen).fit(inputs, labels), options.model_dir / "model.joblib")
    (options.model_dir / "columns.json").write_text(json.dumps(names) + "\n")
    metrics = {"accuracy": accuracy_score(truth, scores >= 0.5), "roc_auc": roc_auc_score(truth, scores), "rows": len(truth)}
    options.metrics.write_text(json.dumps(metrics, indent=2) + "\n")
    with open(options.predictions, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["progresses", "score", "sex"])
        for label, score, sex in zip(truth, scores, inputs[:, names.index("sex")]):
            writer.writerow([label, repr(float(score)), f"{sex:.0f}"])


if __name__ == "__main__":
    main()

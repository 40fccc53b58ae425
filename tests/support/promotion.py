"""A directory registry and the moves of one of its models."""
import json

from support.mlsteps import run, succeeded
from support.models import write_gate_report, write_model


class Registry:
    """A directory registry with versions of the model 'diabetes'; each has its files in a directory of its own."""

    def __init__(self, path):
        self.path = path
        self.root = path / "registry"

    def add(self, number, *args, gate=True):
        model = write_model(self.path / f"model-{number}", f"weights {number}")
        if gate:
            args = ("--gate-report", write_gate_report(self.path / f"report-{number}.json", model), *args)
        result = succeeded(run("register-model", "--registry", self.root, "--name", "diabetes", "--model", model, *args))
        assert result.results["model-version"] == str(number)
        return model

    def promote(self, *args, **kwargs):
        return run("promote-alias", "--registry", self.root, "--name", "diabetes", *args, **kwargs)

    def to(self, state, version, *args, **kwargs):
        return self.promote("--to", state, "--model-version", version, *args, **kwargs)

    def champion(self, version):
        succeeded(self.to("challenger", version))
        return succeeded(self.to("champion", version))

    def states(self):
        status = json.loads(succeeded(self.promote("--status", "--format", "json")).out)
        return {each["version"]: each["state"] for each in status["versions"]}

    def aliases(self):
        return json.loads(succeeded(self.promote("--status", "--format", "json")).out)["aliases"]

    @property
    def ledger(self):
        return self.root / "promotions" / "diabetes.jsonl"

    def records(self):
        return [json.loads(line) for line in self.ledger.read_text().splitlines()] if self.ledger.exists() else []

    def verify(self):
        return self.promote("--verify-ledger")


def refused(result, code, *parts):
    assert result.code == code, f"exit {result.code}\n{result.err}"
    for part in parts:
        assert part in result.err, result.err
    return result

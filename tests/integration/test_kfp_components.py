"""The generated components are loaded by the real Kubeflow Pipelines SDK and chained in a pipeline that compiles."""
import pytest
import yaml
from kfp import compiler, components, dsl
from support.mlsteps import ROOT

FOLDER = ROOT / "examples" / "kfp" / "components"
STEPS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(step):
    return components.load_component_from_file(str(FOLDER / f"{step}.yaml"))


def required(component):
    inputs = component.component_spec.inputs or {}
    return [name for name, spec in inputs.items() if not spec.optional]


def test_every_step_has_a_component():
    assert STEPS == sorted(path.name for path in (ROOT / "steps").iterdir() if path.is_dir())


@pytest.mark.parametrize("step", STEPS)
def test_the_sdk_loads_it_and_a_pipeline_with_it_compiles(step, tmp_path):
    component = load(step)
    arguments = {name: "x" for name in required(component)}

    @dsl.pipeline(name="one-step")
    def pipeline():
        component(**arguments)

    target = tmp_path / "pipeline.yaml"
    compiler.Compiler().compile(pipeline, str(target))
    compiled = next(yaml.safe_load_all(target.read_text()))
    (executor,) = compiled["deploymentSpec"]["executors"].values()
    assert executor["container"]["command"] == [f"/usr/local/bin/{step}"]


def test_an_input_that_does_not_exist_is_refused():
    with pytest.raises(TypeError):
        load("eval-gate")(**{"no_such_input": "x"})


def test_steps_chain_by_their_results(tmp_path):
    preprocess, gate, register = load("preprocess-runner"), load("eval-gate"), load("register-model")

    @dsl.pipeline(name="chain")
    def pipeline():
        prepared = preprocess(**{name: "x" for name in required(preprocess)})
        verdict = gate(**{name: "x" for name in required(gate)}).after(prepared)
        with dsl.If(verdict.outputs["verdict"] == "pass"):
            register(**{name: "x" for name in required(register)})

    compiler.Compiler().compile(pipeline, str(tmp_path / "pipeline.yaml"))
    assert "verdict" in (tmp_path / "pipeline.yaml").read_text()

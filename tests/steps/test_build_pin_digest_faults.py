"""build-pin-digest given bad input, killed, short of room, and in company: messages, exit codes, end states."""
import contextlib
import os
import shutil
import signal
import subprocess
import time

import pytest

from support.image_layout import STEP, Layout, app, build, docker_image, fails, layout, make_open, model, put_image, step, write  # noqa: F401
from support.mlsteps import executable, kill_at_rename

# Bad input: the message and the exit code


@pytest.mark.parametrize("code, words, args", [
    (2, ["'--modle'", "did you mean '--model'"], ["--image", "a", "--modle", "x"]),
    (2, ["--layer"], ["--results-dir", "results", "--image", "a", "--layer"]),
    (2, ["nothing to do"], []),
    (2, ["without --image"], ["--pin", "x", "--model", "x"]),
    (2, ["--image", "capital letters"], ["--image", "registry.example/Team/app:v1"]),
    (2, ["--image", "tag"], ["--image", "registry.example/app:-v1"]),
    (2, ["--image"], ["--image", "registry.example/app@sha256:1234"]),
    (2, ["scheme"], ["--image", "https://registry.example/app"]),
    (2, ["--base", "port"], ["--image", "a", "--base", "host:99999/x"]),
    (2, ["SRC:DEST"], ["--image", "a", "--layer", "app"]),
    (2, ["--compression", "zstd"], ["--image", "a", "--compression", "zstd"]),
    (2, ["--platform"], ["--image", "a", "--platform", "linux"]),
    (2, ["--env"], ["--image", "a", "--env", "NOVALUE"]),
    (2, ["--sign-key"], ["--pin", "x", "--sign-key", "k"]),
    (2, ["belong together"], ["--sign-model", "m", "--sign-key", "k"]),
    (2, ["need --pin"], ["--image", "a", "--check"]),
    (2, ["exclude each other"], ["--pin", "x", "--check", "--diff"]),
    (4, ["/nonexistent", "No such file"], ["--image", "oci:x:v1", "--model", "/nonexistent"]),
    (4, ["/nonexistent", "No such file"], ["--image", "oci:x:v1", "--layer", "/nonexistent:/x"]),
    (4, ["/nonexistent", "not an OCI image layout"], ["--image", "oci:x:v1", "--base", "oci:/nonexistent:v1"]),
    (3, ["is not a plain path"], ["--image", "oci:x:v1", "--layer", "/etc/hostname:/a/../../b"]),
    (3, ["/dev/null", "not a regular file"], ["--image", "oci:x:v1", "--layer", "/dev/null:/x"]),
])
def test_bad_options(code, words, args, tmp_path):
    fails(code, *words, args=args, cwd=tmp_path)
    assert not (tmp_path / "x").exists()


def test_bad_files_in_a_layer(app, tmp_path):
    args = ["--image", f"oci:{tmp_path}/never:v1", "--layer", f"{app}:/opt"]
    write(app / ".wh.secret", "")
    fails(3, ".wh.secret", "rename the file", args=args)
    (app / ".wh.secret").unlink()
    (app / "out").symlink_to("../../../etc/passwd")
    fails(3, "symbolic link", "outside the image", args=args)
    (app / "out").unlink()
    os.mkfifo(app / "pipe")
    fails(3, "pipe", "device, socket or FIFO", args=args)
    (app / "pipe").unlink()
    open(os.fsencode(app) + b"/\xff", "w").close()
    fails(3, "not UTF-8", args=args)
    assert not (tmp_path / "never").exists()


def test_a_model_with_links_or_without_files(model, tmp_path):
    (model / "link").symlink_to("MLmodel")
    fails(3, "symbolic link", "replace it", args=["--image", f"oci:{tmp_path}/never:v1", "--model", model])
    (tmp_path / "empty").mkdir()
    fails(3, "holds no files", args=["--image", f"oci:{tmp_path}/never:v1", "--model", tmp_path / "empty"])


def test_an_unreadable_file_is_named(model, tmp_path):
    (model / "data/weights.bin").chmod(0)
    prefix = ()
    if os.getuid() == 0:
        prefix = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--reuid=65534", "--clear-groups")
        for directory in [tmp_path, *list(tmp_path.parents)[:2]]:
            directory.chmod(0o755)
    fails(4, "weights.bin", "Permission denied", prefix=prefix,
          args=["--image", f"oci:{tmp_path}/never:v1", "--model", model, "--results-dir", make_open(tmp_path / "results")])


def test_a_results_directory_that_is_not_writable(model, layout):
    fails(4, "/proc/nowhere", args=["--image", f"oci:{layout.directory}:v1", "--model", model, "--results-dir", "/proc/nowhere"])
    assert not layout.directory.exists()


def test_bad_bases(app, model, tmp_path):
    base = Layout(tmp_path / "base")
    args = ["--image", f"oci:{tmp_path}/never:v1", "--base", f"oci:{base.directory}:b", "--model", model]
    manifest, config = docker_image(base, app)
    put_image(base, {**manifest, "layers": [{**manifest["layers"][0], "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"}]}, config, "b")
    fails(3, "may not be copied", args=args)
    put_image(base, manifest, {**config, "rootfs": {"type": "layers", "diff_ids": []}}, "b")
    fails(3, "names 0 layers, the manifest 1", args=args)
    put_image(base, {**manifest, "config": {**manifest["config"], "mediaType": "application/vnd.cncf.model.config.v1+json"}}, config, "b")
    fails(3, "only container images can be a base", args=args)
    put_image(base, manifest, config, "b")
    fails(4, "not for --platform linux/arm64", args=[*args, "--platform", "linux/arm64"])
    fails(4, "no such image", args=[*args[:3], f"oci:{base.directory}:other"])

    layer = base.directory / "blobs/sha256" / manifest["layers"][0]["digest"].split(":")[1]
    layer.write_bytes(layer.read_bytes()[:-1] + b"x")
    fails(3, manifest["layers"][0]["digest"], args=args)
    write(base.directory / "index.json", '{"schemaVersion": 2,\n "manifests": [}')
    fails(3, "index.json:2:", args=args)


def test_too_many_layers(app, layout):
    many = [word for i in range(128) for word in ("--layer", f"{app}/settings.json:/f{i}")]
    fails(3, "128 layers", args=["--image", f"oci:{layout.directory}:v1", *many])


# Faults


def test_killed_at_every_rename_and_run_again(app, model, layout, tmp_path):
    args = ["--layer", f"{app}:/opt", "--model", model]
    whole = Layout(tmp_path / "whole")
    digest = build(whole, *args)
    for n in range(1, 40):
        shutil.rmtree(layout.directory, ignore_errors=True)
        killed = step("--image", f"oci:{layout.directory}:v1", *args, prefix=kill_at_rename(n))
        if killed.code == 0:
            break
        assert killed.code in (-signal.SIGKILL, 128 + signal.SIGKILL), killed.err
        if (layout.directory / "index.json").exists():
            layout.check()
        assert build(layout, *args) == digest
        layout.check()
        assert (layout.blobs(), layout.index()) == (whole.blobs(), whole.index())
    assert n > 6, "the renames were not seen"
    assert killed.code == 0


def test_two_writers_at_once(app, model, layout):
    for turn in range(5):
        tags = [f"t{turn}-{i}" for i in range(4)]
        running = [subprocess.Popen([executable(STEP), "--image", f"oci:{layout.directory}:{tag}", "--model", str(model), "--layer",
                                     f"{app}:/opt", "--label", f"turn={turn}", "--label", f"who={i % 2}"], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.PIPE) for i, tag in enumerate(tags)]
        for each in running:
            assert each.wait(60) == 0, each.stderr.read()
            each.stderr.close()
        layout.check()
        assert set(tags) <= set(layout.tags())
    assert len(layout.tags()) == 20


def test_a_full_disk_is_said_and_leaves_nothing_half_written(model, tmp_path):
    write(model / "large.bin", os.urandom(3 << 20))
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = 'mount -t tmpfs -o size=2m none "$0" && { "$@"; code=$?; find "$0" -type f >&2; exit $code; }'
    namespace = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    result = fails(4, "No space left on device", args=["--image", f"oci:{disk}/layout:v1", "--model", model],
                   prefix=(*namespace, "sh", "-c", mounted, str(disk)))
    left = [line for line in result.err.splitlines() if line.startswith(str(disk))]
    assert left == [f"{disk}/layout/oci-layout"]


def test_sigterm_ends_it_cleanly(model, layout):
    with open(model / "huge.bin", "wb") as huge:
        huge.truncate(64 << 30)
    running = subprocess.Popen([executable(STEP), "--image", f"oci:{layout.directory}:v1", "--model", str(model)], stderr=subprocess.PIPE)
    time.sleep(0.5)
    running.terminate()
    assert running.wait(20) == 143
    running.stderr.close()
    assert not layout.directory.exists()


def test_its_own_deadline(model, layout):
    with open(model / "huge.bin", "wb") as huge:
        huge.truncate(64 << 30)
    fails(7, "timeout", args=["--image", f"oci:{layout.directory}:v1", "--model", model, "--timeout", "500ms"])


def test_memory_stays_small_for_a_large_layer(model, layout):
    with open(model / "huge.bin", "wb") as huge:
        huge.truncate(1 << 30)
    running = subprocess.Popen([executable(STEP), "--image", f"oci:{layout.directory}:v1", "--model", str(model)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # The kernel's own high-water mark; rusage would count what the forking parent had in memory.
    highest = 0
    while running.poll() is None:
        with contextlib.suppress(OSError, StopIteration):
            status = open(f"/proc/{running.pid}/status").read().splitlines()
            highest = max(highest, int(next(line for line in status if line.startswith("VmHWM")).split()[1]))
        time.sleep(0.02)
    assert running.returncode == 0
    assert 1 << 10 < highest < 64 << 10, "KiB"
    shutil.rmtree(layout.directory)

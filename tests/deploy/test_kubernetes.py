"""compose/k8s: manifests that Kubernetes and KEDA take, of what our programs are, listen on, read and need.

Method: the published schemas of two versions of Kubernetes, strictly, and of KEDA; then everything that is a name of ours is
looked up where it is defined. No cluster is asked.
"""
import copy
import pathlib
import re
import sys
import unittest

import yaml

import tools

TOOLS = tools.run("bash", "-c", f"cd {tools.ROOT} && . compose/settings.sh && printf %s \"$KUBERNETES_TOOLS\"")[1]
if not pathlib.Path(TOOLS, "installed.txt").exists():
    tools.skip("Kubernetes' schemas are missing: compose/install schemas")
sys.path.insert(0, TOOLS)
import jsonschema  # noqa: E402
import kubernetes_validate  # noqa: E402

FOLDER = tools.ROOT / "compose/k8s"
VERSIONS = ("1.34", "1.37")
OBJECTS = [value for path in sorted(FOLDER.glob("*.yaml")) if path.name != "kustomization.yaml"
           for value in yaml.safe_load_all(path.read_text(encoding="utf-8")) if value]
# As pkg/scalers of KEDA reads them; "FromEnv" names a variable of the container.
TRIGGERS = {
    "kafka": {"bootstrapServers", "bootstrapServersFromEnv", "consumerGroup", "topic", "version", "lagThreshold", "offsetResetPolicy",
              "activationLagThreshold", "allowIdleConsumers", "excludePersistentLag", "limitToPartitionsWithLag"},
    "prometheus": {"serverAddress", "query", "threshold", "activationThreshold", "ignoreNullValues"},
}


def of_kind(kind):
    return {value["metadata"]["name"]: value for value in OBJECTS if value["kind"] == kind}


def pod(deployment):
    return deployment["spec"]["template"]["spec"]


def containers(deployment):
    return pod(deployment).get("initContainers", []) + pod(deployment)["containers"]


def strict(schema):
    """Objects whose members are told have no others."""
    if isinstance(schema, list):
        return [strict(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


def partitions():
    """{topic: partitions} of schemas/topics.def."""
    return {name: int(count) for name, count in re.findall(r'^TOPIC\(\w+, "([\w.]+)", (\d+)', (tools.ROOT / "schemas/topics.def")
                                                           .read_text(encoding="utf-8"), re.MULTILINE)}


class Kubernetes(unittest.TestCase):
    def test_kubernetes_takes_every_object_and_knows_every_field(self):
        ours = [value for value in OBJECTS if value["kind"] != "ScaledObject"]
        self.assertGreaterEqual(len(ours), 9)
        for version in VERSIONS:
            for value in ours:
                with self.subTest(kind=value["kind"], name=value["metadata"]["name"], version=version):
                    self.assertEqual(kubernetes_validate.validate(value, version, strict=True), version)

    def test_the_schemas_would_refuse_a_slip(self):
        slip = copy.deepcopy(of_kind("Deployment")["writer"])
        pod(slip)["terminationGracePeriodSecond"] = 30
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(slip, VERSIONS[0], strict=True)
        slip = copy.deepcopy(of_kind("ScaledObject")["writer"])
        slip["spec"]["maxReplicas"] = 3
        self.assertRaises(jsonschema.ValidationError, self.judge_scaled, slip)

    def judge_scaled(self, value):
        told = yaml.safe_load((tools.ROOT / "tests/deploy/keda_scaledobject.yaml").read_text(encoding="utf-8"))
        self.assertEqual(value["apiVersion"], f"{told['group']}/{told['version']}")
        schema = strict(told["schema"])
        schema["properties"]["metadata"] = {"type": "object"}
        jsonschema.Draft202012Validator(schema).validate(value)

    def test_keda_takes_every_scaled_object_and_knows_its_triggers(self):
        self.assertEqual(set(of_kind("ScaledObject")), {"fetcher", "parser", "writer"})
        for name, value in of_kind("ScaledObject").items():
            with self.subTest(name):
                self.judge_scaled(value)
                for trigger in value["spec"]["triggers"]:
                    self.assertLessEqual(set(trigger["metadata"]), TRIGGERS[trigger["type"]])

    def test_kustomize_names_every_file(self):
        value = yaml.safe_load((FOLDER / "kustomization.yaml").read_text(encoding="utf-8"))
        self.assertEqual(set(value["resources"]), {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"})
        [image] = value["images"]
        self.assertEqual({container["image"] for deployment in of_kind("Deployment").values() for container in containers(deployment)},
                         {image["name"]})

    def test_what_is_started_is_what_is_built(self):
        for name, deployment in of_kind("Deployment").items():
            [main] = pod(deployment)["containers"]
            self.assertTrue((tools.BUILD / "bin" / main["command"][0]).exists(), main["command"])
            for container in containers(deployment):
                words = container["command"]
                if words[0] == "syncline":
                    self.assertIn(words[1], tools.commands(), name)
                if words[0] == "sh":
                    self.assertEqual(tools.run("sh", "-n", text=words[-1])[0], 0)
                    for command in re.findall(r"syncline (\w+ \w+)", words[-1]):
                        self.assertIn(command, tools.commands())

    def test_settings_are_settings(self):
        known = set(re.findall(r"^\| `(\w+)` \|", (tools.ROOT / "docs/config.md").read_text(encoding="utf-8"), re.MULTILINE))
        names = set(of_kind("ConfigMap")["syncline"]["data"])
        for deployment in of_kind("Deployment").values():
            names |= {variable["name"] for container in containers(deployment) for variable in container.get("env", [])}
        self.assertLessEqual({name.removeprefix("SYNCLINE_").lower() for name in names}, known)

    def test_secrets_are_those_that_the_manual_makes_and_stand_in_no_manifest(self):
        manual = (tools.ROOT / "docs/operations.md").read_text(encoding="utf-8")
        for deployment in of_kind("Deployment").values():
            for volume in pod(deployment).get("volumes", []):
                if "secret" in volume:
                    self.assertIn(f"create secret generic {volume['secret']['secretName']} ", manual)
            for container in containers(deployment):
                for variable in container.get("env", []):
                    self.assertNotIn("value", variable)
                    key = variable["valueFrom"]["secretKeyRef"]
                    self.assertIn(f"create secret generic {key['name']} ", manual)
                    self.assertIn(f"--from-literal={key['key']}=", manual)

    def test_the_key_is_a_file_that_its_owner_alone_can_read(self):
        path = of_kind("ConfigMap")["syncline"]["data"]["SYNCLINE_KEY_FILE"]
        for name in ("fetcher", "console"):
            deployment = of_kind("Deployment")[name]
            self.assertEqual(pod(deployment)["initContainers"][0]["command"], ["install", "-m", "600", "/sealed/syncline.key", path])
            volumes = {volume["name"]: volume for volume in pod(deployment)["volumes"]}
            [mount] = [mount for mount in pod(deployment)["containers"][0]["volumeMounts"] if path.startswith(mount["mountPath"] + "/")]
            self.assertEqual(volumes[mount["name"]]["emptyDir"]["medium"], "Memory")

    def test_probes_ask_what_is_served_where_it_is_served(self):
        settings = of_kind("ConfigMap")["syncline"]["data"]
        for name, deployment in of_kind("Deployment").items():
            [main] = pod(deployment)["containers"]
            [port] = main["ports"]
            kind = "CONSOLE" if name == "console" else "HEALTH"
            self.assertEqual(str(port["containerPort"]), settings[f"SYNCLINE_{kind}_PORT"])
            self.assertEqual(settings[f"SYNCLINE_{kind}_ADDRESS"], "0.0.0.0")
            for probe, path in (("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
                self.assertEqual(main[probe]["httpGet"], {"path": path, "port": port["name"]}, name)

    def test_there_is_time_to_drain(self):
        drain_ms = int(re.search(r"NUMBER\(drain_ms, (\d+)", (tools.ROOT / "common/settings.def").read_text(encoding="utf-8")).group(1))
        for name in ("fetcher", "parser", "writer"):
            self.assertGreaterEqual(pod(of_kind("Deployment")[name])["terminationGracePeriodSeconds"] * 1000, drain_ms + 10000)

    def test_every_container_is_confined_and_has_limits(self):
        for name, deployment in of_kind("Deployment").items():
            self.assertTrue(pod(deployment)["securityContext"]["runAsNonRoot"])
            for container in containers(deployment):
                with self.subTest(deployment=name, container=container["name"]):
                    self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])
                    self.assertFalse(container["securityContext"]["allowPrivilegeEscalation"])
                    self.assertIn("memory", container["resources"]["limits"])

    def test_budgets_and_services_choose_pods_that_exist(self):
        labels = [deployment["spec"]["template"]["metadata"]["labels"] for deployment in of_kind("Deployment").values()]
        choices = [budget["spec"]["selector"]["matchLabels"] for budget in of_kind("PodDisruptionBudget").values()]
        choices += [service["spec"]["selector"] for service in of_kind("Service").values()]
        self.assertEqual(set(of_kind("PodDisruptionBudget")), {"fetcher", "parser", "writer"})
        for choice in choices:
            self.assertEqual(sum(choice.items() <= of.items() for of in labels), 1, choice)

    def test_scaling_goes_by_groups_and_topics_that_exist_and_leaves_nobody_idle(self):
        groups = set(re.findall(r'#define GROUP_\w+ "([\w-]+)"', (tools.ROOT / "common/topics.h").read_text(encoding="utf-8")))
        for name, value in of_kind("ScaledObject").items():
            deployment = of_kind("Deployment")[value["spec"]["scaleTargetRef"]["name"]]
            self.assertNotIn("replicas", deployment["spec"], "two would say how many")
            self.assertGreaterEqual(value["spec"]["minReplicaCount"], 1)
            for trigger in value["spec"]["triggers"]:
                told = trigger["metadata"]
                if trigger["type"] == "prometheus":
                    self.assertLessEqual(tools.named(told["query"]), tools.exported())
                    continue
                self.assertIn(told["consumerGroup"], groups)
                self.assertTrue(told["consumerGroup"].startswith(f"syncline-{name}"))
                self.assertLessEqual(value["spec"]["maxReplicaCount"], partitions()[told["topic"]])
                self.assertIn(told["bootstrapServersFromEnv"], of_kind("ConfigMap")["syncline"]["data"])


if __name__ == "__main__":
    unittest.main()

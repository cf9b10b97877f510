"""compose/prometheus: the alerts parse, name what is served, fire when they should and only then, and each has its runbook line.

Method: promtool plays some hours of a fleet in which all is well, with one thing changed a row, and tells which alerts fire at the
end.
"""
import re
import tempfile
import unittest

import yaml

import tools

tools.need("promtool")

PROMETHEUS = tools.ROOT / "compose/prometheus"
RULES = [rule for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]
MINUTES, LONG = 150, 480
F, P, W = (f'job="syncline-{kind}",instance="{kind}"' for kind in ("fetcher", "parser", "writer"))
GROUP = 'consumergroup="syncline-{}"'
PART = 'consumergroup="syncline-{}",topic="{}",partition="{}"'
C = 'job="syncline-console",instance="console"'

# What a fleet at work tells: {series: values, one a minute}. {} stands for the minutes that are played, {-10} for ten less.
WELL = {
    **{f"up{{{of}}}": "1x{}" for of in (F, P, W, C)},
    **{f"syncline_ready{{{of}}}": "1x{}" for of in (F, P, W)},
    **{f"syncline_log_lines_lost_total{{{of}}}": "0x{}" for of in (F, P, W)},
    **{f"syncline_kafka_lost_total{{{of}}}": "0x{}" for of in (F, P, W)},
    f"syncline_postgres_up{{{F}}}": "1x{}", f"syncline_postgres_up{{{W}}}": "1x{}", f"syncline_redis_up{{{F}}}": "1x{}",
    f"syncline_fetch_paused{{{F}}}": "0x{}",
    f"syncline_jobs_claimed_total{{{F}}}": "0+1x{}",
    f"syncline_syncs_complete_total{{{W}}}": "0+1x{}",
    f"syncline_syncs_partial_total{{{W}}}": "0x{}",
    f"syncline_syncs_failed_total{{{W}}}": "0+0.02x{}",
    f"syncline_messages_rejected_total{{{P}}}": "0x{}", f"syncline_messages_rejected_total{{{W}}}": "0x{}",
    f"syncline_reconciler_rounds_total{{{W}}}": "0+30x{}",
    f"syncline_syncs_requeued_total{{{W}}}": "0+1x{}",
    f"syncline_kafka_up{{{C}}}": "1x{}",
    **{f"kafka_consumergroup_members{{{GROUP.format(kind)}}}": "1x{}" for kind in ("fetcher", "parser", "writer")},
    **{f"kafka_consumergroup_lag_sum{{{GROUP.format(kind)}}}": "3x{}" for kind in ("fetcher", "parser", "writer")},
    **{f"kafka_consumergroup_{figure}{{{PART.format(kind, topic, 0)}}}": values
       for kind, topic in (("fetcher", "sync.jobs"), ("parser", "sync.pages"), ("writer", "sync.items"))
       for figure, values in (("lag", "3x{}"), ("lag_seconds", "2x{}"), ("current_offset", "0+9x{}"))},
    'syncline_syncs_oldest_seconds{state="queued"}': "5x{}",
    'syncline_syncs_oldest_seconds{state="running"}': "900x{}",
    'syncline_account_complete_age_seconds{account="home"}': "0+60x{}",
    'syncline_account_rejects_open{account="home"}': "3x{}",
    "syncline_provider_pause_seconds": "60x{}",
    "syncline_schedule_late_seconds": "0x{}",
}
# (what is so, what differs from WELL, which alerts fire, and for how many minutes it is played)
ROWS = [
    ("all is well", {}, ""),
    ("a parser is gone", {f"up{{{P}}}": "1x{-10} 0x10"}, "WorkerGone"),
    ("a parser was gone for a minute", {f"up{{{P}}}": "1x{-3} 0x1 1x3"}, ""),
    ("no writer is there and items wait", {f"kafka_consumergroup_members{{{GROUP.format('writer')}}}": "1x{-10} 0x10"}, "NobodyReads"),
    ("no fetcher is there and no job waits", {f"kafka_consumergroup_members{{{GROUP.format('fetcher')}}}": "0x{}",
                                              f"kafka_consumergroup_lag_sum{{{GROUP.format('fetcher')}}}": "0x{}"}, ""),
    ("a writer runs and cannot work", {f"syncline_ready{{{W}}}": "1x{-10} 0x10"}, "WorkerNotReady"),
    ("the console is gone, and its figures with it", {f"up{{{C}}}": "1x{-10} 0x10", f"syncline_kafka_up{{{C}}}": "1x{-15} stale"},
     "ConsoleGone"),
    ("a log goes nowhere", {f"syncline_log_lines_lost_total{{{W}}}": "0x{-10} 0+5x10"}, "LogLinesLost"),
    ("Postgres is away", {f"syncline_postgres_up{{{W}}}": "1x{-5} 0x5"}, "PostgresAway"),
    ("Redis is away", {f"syncline_redis_up{{{F}}}": "1x{-5} 0x5"}, "RedisAway"),
    ("Kafka is away", {f"syncline_kafka_up{{{C}}}": "1x{-5} 0x5"}, "KafkaAway"),
    ("the parsers are six minutes behind",
     {f"kafka_consumergroup_lag_seconds{{{PART.format('parser', 'sync.pages', 0)}}}": "2x{-20} 360x20"}, "Behind"),
    ("the parsers were six minutes behind for a while",
     {f"kafka_consumergroup_lag_seconds{{{PART.format('parser', 'sync.pages', 0)}}}": "2x{-20} 360x8 5x12"}, ""),
    ("jobs of the background have waited for an hour",
     {f"kafka_consumergroup_lag_seconds{{{PART.format('fetcher-background', 'sync.jobs.background', 0)}}}": "3600x{}"}, ""),
    ("a person has waited for twenty minutes",
     {f"kafka_consumergroup_lag_seconds{{{PART.format('fetcher', 'sync.jobs', 0)}}}": "2x{-20} 1200x20"}, "JobsWait"),
    ("six thousand messages wait for the writers",
     {f"kafka_consumergroup_lag{{{PART.format('writer', 'sync.items', 0)}}}": "3x{-30} 6000x30"}, "ManyUnread"),
    ("one partition does not move",
     {f"kafka_consumergroup_current_offset{{{PART.format('writer', 'sync.items', 0)}}}": "0+9x{-40} 3960x40"}, "PartitionStands"),
    ("nothing comes, and nothing waits",
     {f"kafka_consumergroup_current_offset{{{PART.format('writer', 'sync.items', 0)}}}": "9x{}",
      f"kafka_consumergroup_lag{{{PART.format('writer', 'sync.items', 0)}}}": "0x{}"}, ""),
    ("fetching is paused for twenty minutes", {f"syncline_fetch_paused{{{F}}}": "0x{-20} 1x20"}, "FetchingPaused"),
    ("fetching is paused now and then", {f"syncline_fetch_paused{{{F}}}": "0x{-20} 1x8 0x2 1x10"}, ""),
    ("Kafka had deleted what a parser did not read", {f"syncline_kafka_lost_total{{{P}}}": "0x{-30} 12x30"}, "MessagesLost"),
    ("no sync becomes complete",
     {f"syncline_syncs_complete_total{{{W}}}": "0+1x60 60x{-60}"}, "NoSyncComplete", LONG),
    ("nobody wants a sync", {f"syncline_syncs_complete_total{{{W}}}": "60x{}", f"syncline_jobs_claimed_total{{{F}}}": "70x{}",
                             f"syncline_syncs_requeued_total{{{W}}}": "70x{}"}, ""),
    ("more syncs fail than become complete", {f"syncline_syncs_partial_total{{{W}}}": "0x{-100} 0+2x100"}, "SyncsFail"),
    ("an account is not complete for three days",
     {'syncline_account_complete_age_seconds{account="home"}': "230000+60x{}"}, "AccountNotComplete", LONG),
    ("an account catches up within its hours", {'syncline_account_complete_age_seconds{account="home"}': "230000x200 0x{-200}"}, "",
     LONG),
    ("removals wait for a person", {'syncline_account_held_removals{account="home",category="tracks"}': "_x{-30} 300x30"},
     "RemovalsHeld"),
    ("a sign-in was refused", {'syncline_account_needs_auth{account="home"}': "_x{-30} 1x30"}, "NeedsAuth"),
    ("a thousand items could not be taken", {'syncline_account_rejects_open{account="home"}': "3x{-80} 1000x80"}, "RejectsOpen"),
    ("a message made no sense", {f"syncline_messages_rejected_total{{{P}}}": "0x{-10} 1x10"}, "MessagesRejected"),
    ("a provider bans for a day", {"syncline_provider_pause_seconds": "0x{-80} 86400-60x80"}, "ProviderPause"),
    ("a sync has waited for two hours", {'syncline_syncs_oldest_seconds{state="queued"}': "5x{-120} 7200x120"}, "SyncWaits"),
    ("the reconciler is silent", {f"syncline_reconciler_rounds_total{{{W}}}": "0+30x{-40} 13200x40"}, "ReconcilerSilent"),
    ("syncs are put back and nobody takes them", {f"syncline_syncs_requeued_total{{{W}}}": "0+1x{-90} 60+12x90"}, "SyncsPutBackAgain"),
    ("no rule is followed", {"syncline_schedule_late_seconds": "0x{-40} 0+60x40"}, "ScheduleLate"),
]


def played(name, changed, wanted, minutes=MINUTES):
    series = [{"series": key, "values": re.sub(r"{(-\d+)?}", lambda less: str(minutes + int(less.group(1) or 0)), values)}
              for key, values in {**WELL, **changed}.items()]
    samples = [{"labels": f'{{alertname="Syncline{alert}"}}', "value": 1} for alert in wanted.split()]
    return {"name": name, "interval": "1m", "input_series": series, "promql_expr_test": [
        {"expr": 'count by (alertname) (ALERTS{alertstate="firing"})', "eval_time": f"{minutes}m", "exp_samples": samples}]}


class Alerts(unittest.TestCase):
    def test_prometheus_takes_configuration_and_rules(self):
        code, told = tools.run("promtool", "check", "config", PROMETHEUS / "prometheus.yml")
        self.assertEqual(code, 0, told)
        self.assertIn(f"{len(RULES)} rules found", told)

    def test_prometheus_takes_the_configuration_for_a_cluster(self):
        """Debian's Prometheus is built without Kubernetes' discovery: all but that is checked, and the jobs' names."""
        config = yaml.safe_load((PROMETHEUS / "kubernetes.yml").read_text(encoding="utf-8"))
        for job in config["scrape_configs"]:
            self.assertEqual(job.pop("kubernetes_sd_configs"), [{"role": "pod", "namespaces": {"names": ["syncline"]}}])
            job["static_configs"] = [{"targets": ["127.0.0.1:1"]}]
            job.pop("authorization", None)  # its file is not here
        self.assertEqual(config.pop("rule_files"), ["alerts.yml"])
        with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
            yaml.safe_dump(config, file)
            file.flush()
            code, told = tools.run("promtool", "check", "config", file.name)
        self.assertEqual(code, 0, told)
        [names] = [rule for rule in config["scrape_configs"][0]["relabel_configs"] if rule.get("target_label") == "job"]
        self.assertEqual(names["replacement"], "syncline-$1")

    def test_each_fires_when_it_should_and_nothing_else_does(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
            yaml.safe_dump({"rule_files": [str(PROMETHEUS / "alerts.yml")], "tests": [played(*row) for row in ROWS]}, file)
            file.flush()
            code, told = tools.run("promtool", "test", "rules", file.name)
        self.assertEqual(code, 0, told)

    def test_there_is_a_row_for_every_alert(self):
        self.assertEqual({rule["alert"] for rule in RULES}, {"Syncline" + alert for row in ROWS for alert in row[2].split()})

    def test_they_name_what_our_programs_serve(self):
        for rule in RULES:
            with self.subTest(rule["alert"]):
                names = tools.named(rule["expr"])
                self.assertTrue(names)
                self.assertLessEqual(names, tools.exported() | tools.OF_PROMETHEUS)

    def test_each_has_its_line_in_the_runbook_with_the_same_command(self):
        text = (tools.ROOT / "docs/operations.md").read_text(encoding="utf-8")
        lines = {alert: (severity, line) for alert, severity, line in re.findall(r"^\| \*\*(\w+)\*\* \| (\w+) \|(.*)\|$", text, re.MULTILINE)}
        self.assertEqual(set(lines), {rule["alert"] for rule in RULES})
        for rule in RULES:
            with self.subTest(rule["alert"]):
                severity, line = lines[rule["alert"]]
                self.assertEqual(severity, rule["labels"]["severity"])
                command = re.sub(r"{{ \$labels\.account }}", "ACCOUNT", rule["annotations"]["runbook"].split("`")[-2])
                self.assertIn(f"`{command}`", line)
                words = command.split()
                if words[0] == "syncline":
                    self.assertTrue({" ".join(words[1:3]), words[1]} & tools.commands(), command)


if __name__ == "__main__":
    unittest.main()

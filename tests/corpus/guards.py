"""What the corpus guards: the lab's configuration, with rules that hold what must not flow."""

import copies


def guarded(config):
    """Reads of labelled values and all that is no read is held; what is not understood is, by default."""
    people = {"groups": ["data-stewards", "dba"], "need": 1}
    config["targets"][0]["labels"] += [
        {"tables": ["public.vips", "public.secrets_parent", "public.secrets_child"], "label": "pii"}]
    config["targets"].append(copies.target(config["targets"][0]))
    config["policy"] += [
        {"name": "no guarded value leaves in bulk", "when": {"effects": ["export"], "labels": ["pii", "financial"]},
         "then": "deny"},
        {"name": "no write flows", "when": {"effects": ["insert", "update", "delete", "truncate", "import", "call"]},
         "then": "hold", "reviewers": people},
        {"name": "no guarded value flows", "when": {"effects": ["read", "export"], "labels": ["pii", "financial"]},
         "then": "hold", "reviewers": people}]

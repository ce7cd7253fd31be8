# SPDX-License-Identifier: Apache-2.0
"""What a node is started with."""

import dataclasses
import pathlib
from typing import List, Optional

from distributed_state_network.objects.endpoint import Endpoint
from distributed_state_network.util.aes import is_key


@dataclasses.dataclass
class DSNodeConfig:
    """`port` 0 takes any free one. `network_ip` None uses all addresses of the machine.

    Bootstrap nodes are Endpoints or dictionaries with "address" and "port". `logging_dir` is there
    for programs that give it; nothing is written to it.
    """

    node_id: str = ""
    logging_dir: pathlib.Path = pathlib.Path("logs")
    credential_dir: pathlib.Path = pathlib.Path("credentials")
    port: int = 0
    network_ip: Optional[str] = None
    aes_key: Optional[str] = None
    bootstrap_nodes: List[Endpoint] = dataclasses.field(default_factory=list)
    whitelist_node_ids: List[str] = dataclasses.field(default_factory=list)
    aes_key_file: Optional[str] = None

    @staticmethod
    def from_dict(data):
        """Members that are missing have their defaults; those that are unknown are left out."""
        names = {field.name for field in dataclasses.fields(DSNodeConfig)}
        given = {name: value for name, value in data.items() if name in names}
        for name in ("logging_dir", "credential_dir"):
            if name in given:
                given[name] = pathlib.Path(given[name])
        given["bootstrap_nodes"] = endpoints(given.get("bootstrap_nodes"))
        given["whitelist_node_ids"] = list(given.get("whitelist_node_ids") or [])
        return DSNodeConfig(**given)

    def to_dict(self):
        return {"node_id": self.node_id, "port": self.port, "network_ip": self.network_ip,
                "aes_key": self.aes_key, "whitelist_node_ids": self.whitelist_node_ids}

    def aes_key_is_valid(self):
        return is_key(self.aes_key)

    def to_string(self):
        """For people; of the key it says only whether there is one."""
        shown = {**self.to_dict(), "credential_dir": self.credential_dir,
                 "aes_key": "given" if self.aes_key else "not given",
                 "bootstrap_nodes": [one.to_string() for one in endpoints(self.bootstrap_nodes)]}
        return "\n".join(f"{name}: {value}" for name, value in shown.items())


def endpoints(nodes):
    return [one if isinstance(one, Endpoint) else Endpoint.from_json(one) for one in nodes or []]

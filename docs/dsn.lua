-- SPDX-License-Identifier: Apache-2.0
-- Shows the clear header of DSN frames (protocol.md, section 3) in Wireshark and tshark:
--   tshark -X lua_script:docs/dsn.lua -r FILE
-- or put it into Wireshark's folder of personal Lua plugins. What is sealed stays sealed.
-- Captures: tcpdump -w FILE udp port 17373 or udp port 17374, or sim --seed S --trace --pcap FILE.

local HEADER_BYTES = 16
local TAG_BYTES = 16
local NETWORK_TAG_BYTES = 8
local DATAGRAM_BYTES_MAX = 1232
local MAGIC = 0xd2
local GROUP, PAIR = 0, 1

local classes = { [0] = "GROUP", [1] = "PAIR", [2] = "RECOVER", [3] = "reserved" }

local dsn = Proto("dsn", "Distributed State Network")
local magic = ProtoField.uint8("dsn.magic", "Magic and version", base.HEX)
local class = ProtoField.uint8("dsn.class", "Class", base.DEC, classes, 0xc0)
local key_epoch = ProtoField.uint8("dsn.key_epoch", "Key epoch", base.DEC, nil, 0x3f)
local sequence = ProtoField.uint64("dsn.sequence", "Sequence number", base.DEC)
local session = ProtoField.uint64("dsn.session", "Session id of the sender", base.HEX)
local label = ProtoField.uint64("dsn.label", "Label of the session", base.HEX)
local ciphertext = ProtoField.bytes("dsn.ciphertext", "Ciphertext")
local ciphertext_length = ProtoField.uint16("dsn.ciphertext_length", "Ciphertext length", base.DEC)
local tag = ProtoField.bytes("dsn.tag", "Tag")
local network_tag = ProtoField.bytes("dsn.network_tag", "Network tag")
dsn.fields = { magic, class, key_epoch, sequence, session, label, ciphertext, ciphertext_length, tag,
  network_tag }

local dropped = ProtoExpert.new("dsn.dropped", "Every receiver drops it", expert.group.PROTOCOL,
  expert.severity.WARN)
dsn.experts = { dropped }

local function class_of(buffer)
  return buffer(1, 1):bitfield(0, 2)
end

-- What follows the ciphertext.
local function end_bytes(buffer)
  return class_of(buffer) == GROUP and TAG_BYTES + NETWORK_TAG_BYTES or TAG_BYTES
end

local function has_frame_size(buffer)
  local size = buffer:reported_len()
  return size > HEADER_BYTES + end_bytes(buffer) and size <= DATAGRAM_BYTES_MAX
end

local function add_header(buffer, tree)
  tree:add(magic, buffer(0, 1))
  tree:add(class, buffer(1, 1))
  tree:add(key_epoch, buffer(1, 1))
  tree:add(sequence, buffer(2, 6))
  tree:add(class_of(buffer) == PAIR and label or session, buffer(8, 8))
end

local function add_body(buffer, tree)
  local size = buffer:len() - HEADER_BYTES - end_bytes(buffer)
  tree:add(ciphertext, buffer(HEADER_BYTES, size))
  tree:add(ciphertext_length, size):set_generated()
  tree:add(tag, buffer(HEADER_BYTES + size, TAG_BYTES))
  if class_of(buffer) == GROUP then
    tree:add(network_tag, buffer(buffer:len() - NETWORK_TAG_BYTES, NETWORK_TAG_BYTES))
  end
end

function dsn.dissector(buffer, packet, root)
  if buffer:len() < HEADER_BYTES or buffer(0, 1):uint() ~= MAGIC then return 0 end
  local tree = root:add(dsn, buffer())
  packet.cols.protocol = "DSN"
  packet.cols.info = string.format("%s #%s %s %s, %d bytes", classes[class_of(buffer)],
    buffer(2, 6):uint64(), class_of(buffer) == PAIR and "label" or "session",
    buffer(8, 8):bytes():tohex(true), buffer:reported_len())
  add_header(buffer, tree)
  if not has_frame_size(buffer) or class_of(buffer) > PAIR then
    tree:add_proto_expert_info(dropped)
  end
  -- A capture may have cut it short.
  if has_frame_size(buffer) and buffer:len() == buffer:reported_len() then add_body(buffer, tree) end
  return buffer:len()
end

-- On other ports, what looks in every way like a frame.
local function try(buffer, packet, root)
  local looks_so = buffer:len() >= HEADER_BYTES and buffer(0, 1):uint() == MAGIC and
    class_of(buffer) <= PAIR and has_frame_size(buffer)
  if not looks_so then return false end
  dsn.dissector(buffer, packet, root)
  return true
end

dsn:register_heuristic("udp", try)
local ports = DissectorTable.get("udp.port")
ports:add(17373, dsn)
ports:add(17374, dsn)

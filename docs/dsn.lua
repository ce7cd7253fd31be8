-- SPDX-License-Identifier: Apache-2.0
-- Shows the clear header of DSN frames (protocol.md, section 3) in Wireshark and tshark:
--   tshark -X lua_script:docs/dsn.lua -r FILE
-- or put it into Wireshark's folder of personal Lua plugins. What is sealed stays sealed. For a node
-- that listens on another port: -d udp.port==PORT,dsn
-- Captures: tcpdump -w FILE udp port 17373 or udp port 17374, or sim --seed S --trace --pcap FILE.
-- The simulator seals with a toy that leaves the plaintext readable. For its captures,
--   -o dsn.readable:TRUE
-- shows the messages in each frame (section 6), and what DATA and DATA_ACK say (section 6.8).

local SEQUENCE_BYTES = 6
local TAG_BYTES = 16
local NETWORK_TAG_BYTES = 8
local DATAGRAM_BYTES_MAX = 1232
local CALL_BYTES = 11
local GROUP, PAIR = 0, 1
local SENDER_BYTES = { [GROUP] = 8, [PAIR] = 6 }

local classes = { [0] = "GROUP", [1] = "PAIR", [2] = "reserved", [3] = "reserved" }

local dsn = Proto("dsn", "Distributed State Network")
local class = ProtoField.uint8("dsn.class", "Class", base.DEC, classes, 0xc0)
local key_epoch = ProtoField.uint8("dsn.key_epoch", "Key epoch", base.DEC, nil, 0x3f)
local sequence = ProtoField.uint64("dsn.sequence", "Sequence number", base.DEC)
local clock = ProtoField.uint64("dsn.clock", "Session clock of the sender in ms", base.DEC)
local session = ProtoField.uint64("dsn.session", "Session id of the sender", base.HEX)
local label = ProtoField.uint64("dsn.label", "Label of the session", base.HEX)
local ciphertext = ProtoField.bytes("dsn.ciphertext", "Ciphertext")
local ciphertext_length = ProtoField.uint16("dsn.ciphertext_length", "Ciphertext length", base.DEC)
local tag = ProtoField.bytes("dsn.tag", "Tag")
local network_tag = ProtoField.bytes("dsn.network_tag", "Network tag")
local calls = { [0xc0] = "CALL, a question", [0xc1] = "CALL, an answer",
  [0xc2] = "CALL without a key", [0xc3] = "Answer to a CALL without a key" }
local KEYLESS_CALL_BYTES, KEYLESS_ANSWER_BYTES = 32, 29
local call = ProtoField.uint8("dsn.call", "Call", base.HEX, calls)
local call_network = ProtoField.bytes("dsn.call.network", "Network id")
local call_nodes = ProtoField.uint16("dsn.call.nodes", "Nodes", base.DEC)
local call_nonce = ProtoField.bytes("dsn.call.nonce", "Nonce")
local call_name = ProtoField.bytes("dsn.call.name_mark", "Name mark")

local types = { "HELLO", "WELCOME", "MAIL", "SYN", "ACK", "LIST", "PULL", "DELTA", "SNAPSHOT", "MANIFEST",
  "WANT", "CHUNK", "RUMOURS", "LATE", "OWNHEAD", "WHO", "PEERS", "KEY", [20] = "DATA", [21] = "DATA_ACK",
  [22] = "BYE", [23] = "HEAD", [24] = "ORIGIN", [25] = "RUN", [26] = "KNOCK" }
local outcomes = { [0] = "parts are missing", "delivered", "nobody listens", "refused", "no room",
  "malformed" }
local message = ProtoField.uint32("dsn.message", "Message", base.DEC, types)
local number = ProtoField.uint64("dsn.data.number", "Number", base.DEC)
local size = ProtoField.uint64("dsn.data.size", "Size of the whole", base.DEC)
local part = ProtoField.uint64("dsn.data.part", "Part", base.DEC)
local bytes = ProtoField.bytes("dsn.data.bytes", "Bytes of the part")
local outcome = ProtoField.uint64("dsn.data.outcome", "Outcome", base.DEC, outcomes)
local detail = ProtoField.uint64("dsn.data.detail", "Parts that are here, or listeners", base.HEX)
local statement = ProtoField.bytes("dsn.key.statement", "Statement of the authority")
local signature = ProtoField.bytes("dsn.key.signature", "Signature")
local authority = ProtoField.bytes("dsn.key.authority", "Public key of the authority")
local network_key = ProtoField.bytes("dsn.key.key", "Network key")
local elements = { [18] = { statement, signature, authority, network_key },
  [20] = { number, size, part, bytes }, [21] = { number, outcome, detail } }

dsn.fields = { class, key_epoch, sequence, clock, session, label, ciphertext, ciphertext_length, tag,
  network_tag, call, call_network, call_nodes, call_nonce, call_name, message, number, size, part, bytes,
  outcome, detail, statement, signature, authority, network_key }
dsn.prefs.readable = Pref.bool("Captures of the simulator", false,
  "Shows the messages in frames that the simulator's toy cipher sealed")

local dropped = ProtoExpert.new("dsn.dropped", "Every receiver drops it", expert.group.PROTOCOL,
  expert.severity.WARN)
dsn.experts = { dropped }

local function class_of(buffer)
  return buffer(0, 1):bitfield(0, 2)
end

local function header_bytes(buffer)
  return 1 + SEQUENCE_BYTES + (SENDER_BYTES[class_of(buffer)] or 0)
end

-- What follows the ciphertext.
local function end_bytes(buffer)
  return class_of(buffer) == GROUP and TAG_BYTES + NETWORK_TAG_BYTES or TAG_BYTES
end

local function has_frame_size(buffer)
  local size = buffer:reported_len()
  return size > header_bytes(buffer) + end_bytes(buffer) and size <= DATAGRAM_BYTES_MAX
end

local function add_header(buffer, tree)
  tree:add(class, buffer(0, 1))
  tree:add(key_epoch, buffer(0, 1))
  tree:add(sequence, buffer(1, SEQUENCE_BYTES))
  local sender = buffer(1 + SEQUENCE_BYTES, SENDER_BYTES[class_of(buffer)])
  if class_of(buffer) == GROUP then
    tree:add(session, sender)
    return
  end
  local frames_per_ms = UInt64(1024)
  tree:add(clock, buffer(1, SEQUENCE_BYTES), buffer(1, SEQUENCE_BYTES):uint64() / frames_per_ms):set_generated()
  tree:add(label, sender)
end

-- The major type of the CBOR item at `at`, its argument, and where its content begins; nothing if it
-- is cut or of no definite length.
local function item_at(text, at)
  if at >= text:len() then return end
  local first = text(at, 1):uint()
  local low = first % 32
  if low < 24 then return math.floor(first / 32), UInt64(low), at + 1 end
  local width = ({ [24] = 1, [25] = 2, [26] = 4, [27] = 8 })[low]
  if not width or at + 1 + width > text:len() then return end
  return math.floor(first / 32), text(at + 1, width):uint64(), at + 1 + width
end

-- Where the item at `at` ends; nothing if it is cut.
local function end_of(text, at)
  local major, argument, content = item_at(text, at)
  if not major then return end
  if major < 2 or major == 7 then return content end
  if argument > UInt64(text:len()) then return end
  local count = argument:tonumber()
  if major < 4 then return content + count <= text:len() and content + count or nil end
  for _ = 1, count * (major == 5 and 2 or 1) do
    content = end_of(text, content)
    if not content then return end
  end
  return content
end

-- Fields are those of the message's type, from `at` on; what else stands there is passed over.
local function add_elements(text, at, tree, fields)
  for _, field in ipairs(fields or {}) do
    local major, argument, content = item_at(text, at)
    local last = end_of(text, at)
    if major == 0 then tree:add(field, text(at, last - at), argument) end
    if major == 2 and last > content then tree:add(field, text(content, last - content)) end
    at = last
  end
end

-- The messages up to the first that is no message.
local function add_messages(text, tree)
  local at = 0
  while at < text:len() do
    local major, count, content = item_at(text, at)
    local last = end_of(text, at)
    if major ~= 4 or not last then return end
    local kind, number_of_type, rest = item_at(text, content)
    if kind ~= 0 or number_of_type > UInt64(0xffff) then return end
    local shown = tree:add(message, text(at, last - at), number_of_type:tonumber())
    local fields = elements[number_of_type:tonumber()]
    if fields and count > UInt64(#fields) then add_elements(text, rest, shown, fields) end
    at = last
  end
end

local function add_body(buffer, tree)
  local first = header_bytes(buffer)
  local size = buffer:len() - first - end_bytes(buffer)
  tree:add(ciphertext, buffer(first, size))
  tree:add(ciphertext_length, size):set_generated()
  if dsn.prefs.readable then add_messages(buffer(first, size):tvb(), tree) end
  tree:add(tag, buffer(first + size, TAG_BYTES))
  if class_of(buffer) == GROUP then
    tree:add(network_tag, buffer(buffer:len() - NETWORK_TAG_BYTES, NETWORK_TAG_BYTES))
  end
end

-- Classes of which no receiver knows more than that.
local function add_unknown(buffer, packet, tree)
  packet.cols.info = classes[class_of(buffer)]
  tree:add(class, buffer(0, 1))
  tree:add(key_epoch, buffer(0, 1))
  tree:add_proto_expert_info(dropped)
end

-- Section 8.3.
local function add_keyless_call(buffer, packet, tree, kind)
  packet.cols.info = calls[kind]
  tree:add(call, buffer(0, 1))
  tree:add(call_nonce, buffer(5, 8))
  if kind == 0xc3 then
    tree:add(call_network, buffer(13, 8))
    tree:add(call_name, buffer(21, 8))
  end
  return true
end

-- Section 8.2. False if it is none.
local function add_call(buffer, packet, tree)
  local kind = buffer(0, 1):uint()
  local name = calls[kind]
  if kind == 0xc2 and buffer:len() >= KEYLESS_CALL_BYTES or kind == 0xc3 and buffer:len() >= KEYLESS_ANSWER_BYTES then
    return add_keyless_call(buffer, packet, tree, kind)
  end
  if kind > 0xc1 then return false end
  if not name or buffer:len() < CALL_BYTES then return false end
  packet.cols.info = name
  tree:add(call, buffer(0, 1))
  tree:add(call_network, buffer(1, 8))
  tree:add(call_nodes, buffer(9, 2))
  return true
end

local function add_frame(buffer, packet, tree)
  local sender = buffer(1 + SEQUENCE_BYTES, SENDER_BYTES[class_of(buffer)])
  packet.cols.info = string.format("%s #%s %s %s, %d bytes", classes[class_of(buffer)],
    buffer(1, SEQUENCE_BYTES):uint64(), class_of(buffer) == PAIR and "label" or "session",
    sender:bytes():tohex(true), buffer:reported_len())
  add_header(buffer, tree)
  if not has_frame_size(buffer) then tree:add_proto_expert_info(dropped) end
  -- A capture may have cut it short.
  if has_frame_size(buffer) and buffer:len() == buffer:reported_len() then add_body(buffer, tree) end
end

function dsn.dissector(buffer, packet, root)
  if buffer:len() == 0 or buffer:len() < header_bytes(buffer) then return 0 end
  local tree = root:add(dsn, buffer())
  packet.cols.protocol = "DSN"
  if class_of(buffer) > PAIR then
    if not add_call(buffer, packet, tree) then add_unknown(buffer, packet, tree) end
  else
    add_frame(buffer, packet, tree)
  end
  return buffer:len()
end

local ports = DissectorTable.get("udp.port")
ports:add(17373, dsn)
ports:add(17374, dsn)

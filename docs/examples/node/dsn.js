// SPDX-License-Identifier: Apache-2.0
// The agent of this machine, for Node.js. Nothing else is needed.
const { EventEmitter } = require('events');
const fs = require('fs');
const net = require('net');
const readline = require('readline');

function usualSocket() {
  const system = '/run/dsn/agent.sock';
  const folder = process.env.XDG_RUNTIME_DIR;
  if (process.env.DSN_SOCKET) return process.env.DSN_SOCKET;
  return fs.existsSync(system) || !folder ? system : `${folder}/dsn/agent.sock`;
}

// Emits 'event' after ask('subscribe'), 'message' after ask('listen'), and 'close'.
class Agent extends EventEmitter {
  constructor(path = usualSocket()) {
    super();
    this.waiting = new Map();
    this.requests = 0;
    this.socket = net.createConnection(path);
    this.socket.on('error', (error) => this.end(error));
    this.socket.on('close', () => this.end(new Error('the agent ended the connection')));
    const lines = readline.createInterface({ input: this.socket });
    lines.on('line', (line) => this.take(JSON.parse(line)));
  }

  ask(method, params = {}) {
    const id = ++this.requests;
    this.socket.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }) + '\n');
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  close() {
    this.socket.end();
  }

  take(message) {
    if (message.method) return this.emit(message.method, message.params);
    const { resolve, reject } = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.error) return reject(new Error(message.error.message));
    resolve(message.result);
  }

  end(error) {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
    this.emit('close');
  }
}

// Prints what went wrong and ends with 1.
function run(main) {
  main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}

module.exports = { Agent, run };

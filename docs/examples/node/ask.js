// SPDX-License-Identifier: Apache-2.0
// Asks a program on another node, and prints what it replies: node ask.js NODE
const { Agent, run } = require('./dsn');

run(async () => {
  const agent = new Agent();
  const [node] = process.argv.slice(2);
  const answer = await agent.ask('ask', { node, name: 'height', timeout_ms: 5000 });
  agent.close();
  if (answer.outcome !== 'delivered') {
    throw new Error(`no answer: ${answer.reason || answer.outcome}`);
  }
  console.log(answer.payload);
});

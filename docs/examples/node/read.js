// SPDX-License-Identifier: Apache-2.0
// Prints a value once, if it can be trusted: node read.js NODE KEY
const { Agent, run } = require('./dsn');

run(async () => {
  const [node, key] = process.argv.slice(2);
  const agent = new Agent();
  const [reading] = await agent.ask('read', { node, key });
  agent.close();
  if (!reading) throw new Error(`${node} has no ${key}`);
  if (reading.status !== 'ok') {
    const age = `${Math.round(reading.age_ms / 1000)} s ago`;
    throw new Error(`${node} ${key}: ${reading.status}, last ${reading.value} ${age}`);
  }
  console.log(reading.value, reading.unit);
});

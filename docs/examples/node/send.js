// SPDX-License-Identifier: Apache-2.0
// Switches a light on another node, and says whether somebody there took it:
// node send.js NODE on|off
const { Agent, run } = require('./dsn');

run(async () => {
  const [node, state] = process.argv.slice(2);
  const agent = new Agent();
  const report = await agent.ask('send', { node, name: 'light', payload: { on: state === 'on' } });
  agent.close();
  if (report.outcome !== 'delivered') throw new Error(`${node} did not get it: ${report.outcome}`);
});

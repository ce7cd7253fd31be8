// SPDX-License-Identifier: Apache-2.0
// Prints the values of a key of all nodes, now and whenever one changes: node watch.js KEY
const { Agent, run } = require('./dsn');

function show(reading) {
  if (reading.status === 'ok') console.log(reading.node, reading.value, reading.unit);
  else console.log(reading.node, reading.status);
}

run(async () => {
  const key = process.argv[2];
  const agent = new Agent();
  agent.on('event', (event) => {
    if (event.event === 'updated' && event.key === key) show(event.reading);
    if (event.event === 'gone') console.log(event.node, 'is gone');
  });
  await agent.ask('subscribe'); // first this, then read: so nothing is missed in between
  for (const reading of await agent.ask('read', { key })) show(reading);
});

// SPDX-License-Identifier: Apache-2.0
// Takes what send.js sends, and answers what ask.js asks.
const { Agent, run } = require('./dsn');

run(async () => {
  const agent = new Agent();
  agent.on('message', (message) => {
    if (message.name === 'light') {
      console.log(message.from, 'switches the light', message.payload.on ? 'on' : 'off');
    } else if (message.ask) {
      agent.ask('reply', { ask: message.ask, payload: 2.5 });
    }
  });
  await agent.ask('listen', { names: ['light', 'height'] });
});

// SPDX-License-Identifier: Apache-2.0
// Measures something each ten seconds. Half a minute after this ends the value is late.
const { Agent, run } = require('./dsn');

const heightOfTheRiver = () => 2.5; // ask your device here

run(async () => {
  const agent = new Agent();
  for (;;) {
    const entry = { key: 'river/height', value: heightOfTheRiver(), unit: 'm', max_age_ms: 30000 };
    await agent.ask('set', { entries: [entry] });
    await new Promise((resolve) => setTimeout(resolve, 10000));
  }
});

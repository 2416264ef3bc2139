// What a program in JavaScript does with the gate; prints what came of it as JSON.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.env.GATE, apiKey: process.env.TOKEN, maxRetries: 0 });
const messages = [{ role: "user", content: "Katrin Hollmann decides." }];
const model = process.env.MODEL;
const whole = await client.chat.completions.create({ model, messages });
let streamed = "";
for await (const piece of await client.chat.completions.create({ model, messages, stream: true })) {
  streamed += piece.choices[0]?.delta?.content ?? "";
}
let refused;
try {
  await client.chat.completions.create({ model: process.env.HUMAN_ONLY, messages });
} catch (error) {
  refused = { status: error.status, code: error.code };
}
const models = [];
for await (const one of client.models.list()) models.push(one.id);
console.log(JSON.stringify({ whole: whole.choices[0].message.content, streamed, refused, models }));

/** `npm start`: the demo, or the server when there is a StackOne key. */
import '../src/main.js';

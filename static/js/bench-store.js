/* What the bench keeps through a loss of the network: answers and scans with their photos, in this browser's database, per
   person, in the order in which they were given. Nothing counts as kept before the disk has it. */

"use strict";

window.Console.benchStore = (() => {
  const NAME = "aftersales-bench";
  const TABLE = "entries";
  const person = document.querySelector('meta[name="user-key"]')?.content ?? "";
  let opened = null;

  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  const open = async () => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const table = request.result.createObjectStore(TABLE, { keyPath: "id", autoIncrement: true });
      table.createIndex("token", "token", { unique: true });
    };
    const database = await done(request);
    const lost = () => (opened = null);
    database.onclose = lost;
    database.onversionchange = () => {
      database.close();
      lost();
    };
    return database;
  };

  /** Run `work` on the table in one transaction; ends when the disk has it. Raises what the browser says. */
  const run = async (mode, work) => {
    opened ??= open();
    let database;
    try {
      database = await opened;
    } catch (wrong) {
      opened = null;
      throw wrong;
    }
    const transaction = database.transaction(TABLE, mode, { durability: "strict" });
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([work(transaction.objectStore(TABLE)), finished]);
    return result;
  };

  return {
    /** Everything of this person, the oldest first; nothing where the browser keeps nothing. */
    all: async () => {
      try {
        const rows = await run("readonly", (table) => done(table.getAll()));
        return rows.filter((one) => one.person === person);
      } catch {
        return [];
      }
    },
    /** Keep one more, in place of those it replaces. A token that is there already is kept already. */
    add: async (entry, replaced = []) => {
      try {
        await run("readwrite", (table) => {
          for (const id of replaced) table.delete(id);
          return done(table.add({ ...entry, person }));
        });
      } catch (wrong) {
        if (wrong?.name !== "ConstraintError") throw wrong;
      }
    },
    /** Change one that is still there. */
    change: (id, values) =>
      run("readwrite", async (table) => {
        const row = await done(table.get(id));
        if (row) await done(table.put({ ...row, ...values }));
      }),
    drop: (...ids) => run("readwrite", (table) => Promise.all(ids.map((id) => done(table.delete(id))))),
  };
})();

import { storeContract } from '../contracts/store.ts';
import { aDatabase, anotherReplica } from '../support/database.ts';

storeContract(async () => {
  const database = await aDatabase();
  const replica = await anotherReplica(database);
  return {
    store: database.store,
    rival: replica.store,
    close: async () => {
      await replica.close();
      await database.close();
    },
  };
});

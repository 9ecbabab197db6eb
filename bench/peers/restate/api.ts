import { connect } from '@restatedev/restate-sdk-clients';
import { serveApi } from '../../duties/api';
import { fromEnvironment } from '../../duties/environment';
import type { PayinWorkflow } from './payin';

const ingress = connect({ url: fromEnvironment('RESTATE_INGRESS_URL') });
const payin = (request_id: string) => ingress.workflowClient<PayinWorkflow>({ name: 'payin' }, request_id);

serveApi({
  async start(request) {
    await payin(request.request_id).workflowSubmit(request);
    return payin(request.request_id).page();
  },
  hint: async (request_id) => await payin(request_id).webhook(),
  outcome: (request_id) => payin(request_id).workflowAttach(),
});

/** `GET …/operations/:operation_handle/result/:token`: one page of a result. */
import type { FetchResultsBody } from '../api.ts';
import { logicalTypeBody } from '../logical-type-body.ts';
import { FETCH_FAILED, uncaughtError } from '../rest-error.ts';
import { defineRoute, operationOf, type RouteRequest, sessionOf } from '../route.ts';
import { type RowFormat, rowWriter } from '../row-body.ts';

export const fetchResults = defineRoute({
  method: 'GET',
  path: '/sessions/:session_handle/operations/:operation_handle/result/:token',
  since: 1,
  requestName: 'EmptyRequestBody',
  async handle(request): Promise<FetchResultsBody> {
    const session = sessionOf(request);
    const operation = operationOf(request);
    const fetched = await operation.fetch(Number(request.params['token'])).finally(() => {
      for (const text of operation.takeNotices()) request.notice(text);
    });
    if (!fetched) return { resultType: 'NOT_READY', nextResultUri: resultUri(request, 0) };
    const { page, description } = fetched;
    const format = formatOf(request);
    return {
      resultType: page.type,
      isQueryResult: description.isQuery,
      ...(description.jobId === null ? {} : { jobID: description.jobId }),
      resultKind: description.kind,
      results: {
        columns: description.columns.map((column) => ({
          name: column.name,
          logicalType: logicalTypeBody(column.type),
          comment: column.comment ?? null,
        })),
        rowFormat: format,
        data: page.rows.map(rowWriter(description.columns, format, session.timeZone)),
      },
      ...(page.next === null ? {} : { nextResultUri: resultUri(request, page.next) }),
    };
  },
  error: (error) => uncaughtError(FETCH_FAILED, error),
});

function formatOf(request: RouteRequest): RowFormat {
  return request.version > 1 && request.query.get('rowFormat')?.toUpperCase() === 'PLAIN_TEXT' ? 'PLAIN_TEXT' : 'JSON';
}

function resultUri(request: RouteRequest, token: number): string {
  const { version, params } = request;
  const path = `/v${version}/sessions/${params['session_handle']}/operations/${params['operation_handle']}/result/${token}`;
  return version === 1 ? path : `${path}?rowFormat=${formatOf(request)}`;
}

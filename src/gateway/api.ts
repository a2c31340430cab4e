/** Bodies of the gateway's REST protocol, as plain types: what servers send and clients read. */

export interface LogicalTypeBody {
  readonly type: string;
  readonly nullable?: boolean;
  readonly [detail: string]: unknown;
}

export interface ColumnBody {
  readonly name: string;
  readonly logicalType: LogicalTypeBody;
  readonly comment: string | null;
}

export interface FetchResultsBody {
  readonly resultType: 'NOT_READY' | 'PAYLOAD' | 'EOS';
  readonly isQueryResult?: boolean;
  readonly jobID?: string;
  readonly resultKind?: 'SUCCESS' | 'SUCCESS_WITH_CONTENT';
  readonly results?: {
    readonly columns: readonly ColumnBody[];
    readonly rowFormat: string;
    readonly data: ReadonlyArray<{ readonly kind: string; readonly fields: readonly unknown[] }>;
  };
  readonly nextResultUri?: string;
}

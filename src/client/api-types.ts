// Generated from docs/reference/openapi.json by script/write-client-types.ts. Do not edit.
export interface paths {
    readonly "/v1/slack/{notifier}/actions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Receive the buttons that people press in Slack
         * @description The interactivity request URL of the Slack app behind a notifier with `buttons`. The call needs no token: it is authenticated by Slack's signature over the raw body, in X-Slack-Signature.
         */
        readonly post: operations["receiveSlackAction"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Deploys, newest first */
        readonly get: operations["listDeploys"];
        readonly put?: never;
        /** Register a deploy and begin its bake */
        readonly post: operations["registerDeploy"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/adopt": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Declare the running release known-good
         * @description Asks the rollback hook what runs. 409 where that is another release, unless `force` is true.
         */
        readonly post: operations["adoptRelease"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One deploy with its checks, timeline and hook attempts */
        readonly get: operations["getDeploy"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}/wait": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Wait until the bake is final or the timeout has passed */
        readonly get: operations["waitForDeploy"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}/recording": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Everything the judge saw, as one line of JSON (bakewatch.recording/1) */
        readonly get: operations["getRecording"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}/finished": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Report that a deploy registered with phase: started has finished */
        readonly post: operations["finishDeploy"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}/cancel": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End the watch over a deploy; roll nothing back */
        readonly post: operations["cancelBake"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}/approve": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Approve the rollback that waits for a person */
        readonly post: operations["approveRollback"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}/pass": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Pass the bake by hand: the release becomes known-good */
        readonly post: operations["passBake"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}/rollback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Roll back to the last known-good release, whatever the checks say */
        readonly post: operations["rollBack"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}/roll-forward": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Put the release of this deploy back after a rollback; repeating the call changes nothing */
        readonly post: operations["rollForward"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}/mark": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Mark a bad verdict as wrong, or take the mark back */
        readonly post: operations["markVerdict"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}/extend": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Extend the bake, and the latest time at which it may end */
        readonly post: operations["extendBake"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What happens, as server-sent events
         * @description Events: `hello` first; `deploy` with a deploy as the lists show it, each time its bake moves; `freeze` with all freezes, when they change; `reset` where the point to go on from is too old: read the lists again. An event may arrive more than once. A stream ends after ten minutes at the latest, and a client that reads too slowly is cut off: connect again with `Last-Event-ID`.
         */
        readonly get: operations["streamEvents"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/deploys/{id}/report": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The draft of a post-mortem: what happened, what was compared with what, what was done, how long it took, what is not known */
        readonly get: operations["getReport"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/freeze": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The freezes of automatic rollbacks, each with its author and reason */
        readonly get: operations["listFreezes"];
        /** Stop automatic rollbacks, of one service or of all, or allow them again */
        readonly put: operations["changeFreeze"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/drills": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Prove a rollback hook without an incident */
        readonly post: operations["runDrill"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/notifiers/{name}/test": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Send a sample notice, marked as a test, through a notifier */
        readonly post: operations["testNotifier"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/services": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Every service with its newest and its last known-good deploy */
        readonly get: operations["listServices"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/services/{service}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One service, with the DORA metrics of each of its environments */
        readonly get: operations["getService"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reload": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Load the config, the rule files and the secrets again
         * @description Needs a token that may `operate` everywhere. Bakes under way keep their rules. A rule file that cannot be used does not stop the others; where the config cannot be used, nothing changes (422).
         */
        readonly post: operations["reloadFiles"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/alerts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Take alerts from Alertmanager or Grafana
         * @description Takes the body of Alertmanager's webhook (version 4) and of Grafana's; unknown keys are ignored. Needs a token that may `alert`. The labels `service` and `environment` say what an alert belongs to. Idempotent.
         */
        readonly post: operations["receiveAlerts"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health/live": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether the process answers */
        readonly get: operations["isLive"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health/ready": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether the server can do its work: the database answers and the scheduler runs */
        readonly get: operations["isReady"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The metrics of the server, in the text format of Prometheus */
        readonly get: operations["getMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface webhooks {
    readonly notice: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A notice, from a notifier of type webhook with format: plain */
        readonly post: operations["onNotice"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly rollbackOrder: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** An order to roll back, from a hook of type webhook */
        readonly post: operations["onRollbackOrder"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly shiftOrder: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** An order to shift traffic, from a traffic hook of type webhook */
        readonly post: operations["onShiftOrder"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        /**
         * @example {
         *       "id": "0197f3c2-6d1e-7a52-9c11-000000000001:7:1:chronicle",
         *       "topic": "rolled_back",
         *       "at": "2026-11-21T02:00:00.000Z",
         *       "deploy_id": "0197f3c2-6d1e-7a52-9c11-000000000001",
         *       "service": "shop",
         *       "environment": "production",
         *       "version": "v2",
         *       "title": "shop v2 (production) was rolled back",
         *       "summary": "shop v2 (production): Errors: 4.2 % of requests failed (55 of 1,310), was 0.4 %",
         *       "reasons": [
         *         "Errors: 4.2 % of requests failed (55 of 1,310), was 0.4 %"
         *       ],
         *       "details": [
         *         "compared with the last day; very sure: one healthy bake in 10,000 looks like this"
         *       ],
         *       "url": "https://bakewatch.example.com/deploys/0197f3c2-6d1e-7a52-9c11-000000000001",
         *       "links": [
         *         {
         *           "title": "build",
         *           "url": "https://ci.example.com/runs/5"
         *         }
         *       ]
         *     }
         */
        readonly Notice: {
            readonly id: string;
            /**
             * @description what happened; new topics may be added
             * @enum {string}
             */
            readonly topic: "started" | "unhealthy" | "approval" | "rolled_back" | "recovered" | "failed" | "inconclusive" | "blind" | "sighted" | "passed" | "stopped" | "drill_failed" | "elsewhere" | "rolled_forward";
            /** Format: date-time */
            readonly at: string;
            readonly deploy_id: string;
            readonly service: string;
            readonly environment: string;
            readonly version: string;
            readonly title: string;
            readonly summary: string;
            readonly reasons: readonly string[];
            readonly details: readonly string[];
            /** @description the deploy's page; null: the server has no public_url */
            readonly url: string | null;
            readonly links: readonly {
                readonly title: string;
                readonly url: string;
            }[];
        };
        /**
         * @example {
         *       "id": "0197f3c2-6d1e-7a52-9c11-000000000001:7:0",
         *       "service": "shop",
         *       "environment": "production",
         *       "from": {
         *         "version": "v2"
         *       },
         *       "target": {
         *         "deployId": "0197f3aa-1b2c-7d3e-8f40-000000000000",
         *         "version": "v1",
         *         "commit": "c0ffee"
         *       },
         *       "reasons": [
         *         "Errors: 4.2 % of requests failed (55 of 1,310), was 0.4 %"
         *       ]
         *     }
         */
        readonly RollbackOrder: {
            readonly id: string;
            readonly service: string;
            readonly environment: string;
            readonly from: {
                readonly version: string;
                readonly fingerprint?: string;
            };
            readonly target: {
                readonly deployId: string;
                readonly version: string;
                readonly commit?: string;
                readonly image?: string;
                readonly fingerprint?: string;
                /** @enum {boolean} */
                readonly isUnverified?: true;
            };
            readonly reasons: readonly string[];
            /** @description act although the target seems to run */
            readonly mustAct?: boolean;
            /** @description a person puts a release back that was rolled back */
            readonly isForward?: boolean;
        };
        /**
         * @example {
         *       "id": "0197f3c2-6d1e-7a52-9c11-000000000001:3:0",
         *       "service": "shop",
         *       "environment": "production",
         *       "release": {
         *         "version": "v2"
         *       },
         *       "weight": 25
         *     }
         */
        readonly ShiftOrder: {
            readonly id: string;
            readonly service: string;
            readonly environment: string;
            readonly release: {
                readonly version: string;
            };
            /** @description the share of the release in percent; the stable release gets the rest */
            readonly weight: number;
        };
        /**
         * @example {
         *       "type": "about:blank",
         *       "title": "The request is not valid",
         *       "status": 400,
         *       "detail": "body: there is no field \"bild_id\" (did you mean `build_id`?)",
         *       "errors": [
         *         {
         *           "path": "body",
         *           "message": "there is no field \"bild_id\" (did you mean `build_id`?)"
         *         }
         *       ]
         *     }
         */
        readonly Problem: {
            readonly type: string;
            readonly title: string;
            readonly status: number;
            readonly detail: string;
            readonly errors?: readonly {
                readonly path: string;
                readonly message: string;
            }[];
        };
        /**
         * @example {
         *       "id": "47f0c12b-4af8-4105-92e5-05379123ad2c",
         *       "url": "https://bakewatch.example.com/deploys/47f0c12b-4af8-4105-92e5-05379123ad2c",
         *       "service": "shop",
         *       "environment": "production",
         *       "release": {
         *         "version": "v42",
         *         "commit": "4f2c1d9",
         *         "image": null,
         *         "metadata": {}
         *       },
         *       "cause": "release",
         *       "migrations": "none",
         *       "links": [
         *         {
         *           "title": "build",
         *           "url": "https://ci.example.com/runs/83"
         *         }
         *       ],
         *       "adopted": false,
         *       "registered_at": "2026-11-21T14:00:00.000Z",
         *       "registered_by": "ci",
         *       "deployed_at": "2026-11-21T14:00:00.000Z",
         *       "state": "warming",
         *       "bake_version": 1,
         *       "final": false,
         *       "summary": "warming up",
         *       "reasons": [
         *         "warming up"
         *       ],
         *       "baking": null,
         *       "clear_at": null,
         *       "stage": null,
         *       "weight": null,
         *       "ended_at": null,
         *       "target": null,
         *       "target_unverified": false,
         *       "rolled_back": null,
         *       "rolled_forward": false,
         *       "rollback_did_not_help": false,
         *       "confidence": null,
         *       "warnings": []
         *     }
         */
        readonly RegisteredDeploy: components["schemas"]["DeploySummary"] & {
            /** @description what looks wrong with the queries of the rules, such as a selector that has never matched a series */
            readonly warnings: readonly string[];
        };
        /**
         * @example {
         *       "id": "47f0c12b-4af8-4105-92e5-05379123ad2c",
         *       "url": "https://bakewatch.example.com/deploys/47f0c12b-4af8-4105-92e5-05379123ad2c",
         *       "service": "shop",
         *       "environment": "production",
         *       "release": {
         *         "version": "v42",
         *         "commit": "4f2c1d9",
         *         "image": null,
         *         "metadata": {}
         *       },
         *       "cause": "release",
         *       "migrations": "none",
         *       "links": [
         *         {
         *           "title": "build",
         *           "url": "https://ci.example.com/runs/83"
         *         }
         *       ],
         *       "adopted": false,
         *       "registered_at": "2026-11-21T14:00:00.000Z",
         *       "registered_by": "ci",
         *       "deployed_at": "2026-11-21T14:00:00.000Z",
         *       "state": "warming",
         *       "bake_version": 1,
         *       "final": false,
         *       "summary": "warming up",
         *       "reasons": [
         *         "warming up"
         *       ],
         *       "baking": null,
         *       "clear_at": null,
         *       "stage": null,
         *       "weight": null,
         *       "ended_at": null,
         *       "target": null,
         *       "target_unverified": false,
         *       "rolled_back": null,
         *       "rolled_forward": false,
         *       "rollback_did_not_help": false,
         *       "confidence": null
         *     }
         */
        readonly DeploySummary: {
            /** Format: uuid */
            readonly id: string;
            readonly url: string;
            readonly service: string;
            readonly environment: string;
            readonly release: {
                readonly version: string;
                readonly commit: string | null;
                readonly image: string | null;
                readonly metadata: {
                    readonly [key: string]: string;
                };
            };
            /** @enum {string} */
            readonly cause: "release" | "rollback";
            readonly migrations: string;
            readonly links: readonly {
                readonly title: string;
                readonly url: string;
            }[];
            readonly adopted: boolean;
            /** Format: date-time */
            readonly registered_at: string;
            readonly registered_by: string;
            /** Format: date-time */
            readonly deployed_at: string | null;
            /** @enum {string} */
            readonly state: "warming" | "shifting" | "baking" | "awaiting_approval" | "rolling_back" | "verifying" | "passed" | "rolled_back" | "inconclusive" | "failed" | "canceled" | "superseded";
            /** @description the number of changes of the bake so far */
            readonly bake_version: number;
            readonly final: boolean;
            readonly summary: string;
            /** @description the headlines of the checks that decide, and what else decided */
            readonly reasons: readonly string[];
            readonly baking: {
                /** Format: date-time */
                readonly from: string;
                /** Format: date-time */
                readonly ends_at: string;
                /** Format: date-time */
                readonly limit_at: string;
                /**
                 * Format: date-time
                 * @description the latest end of a bake that goes on beyond its planned end
                 */
                readonly extended_until: string | null;
                readonly extended_because: string | null;
            } | null;
            /**
             * Format: date-time
             * @description when every critical check had ruled out harm; the bake goes on to its planned end
             */
            readonly clear_at: string | null;
            readonly stage: {
                readonly number: number;
                readonly of: number;
                readonly weight: number;
                /** Format: date-time */
                readonly ends_at: string;
            } | null;
            /** @description the share of the traffic, in percent, that the release has since the last shift */
            readonly weight: number | null;
            /** Format: date-time */
            readonly ended_at: string | null;
            readonly target: string | null;
            /** @description the bake of the target ended inconclusive with nothing seen against it, and no release is verified */
            readonly target_unverified: boolean;
            /** @enum {string|null} */
            readonly rolled_back: "no" | "yes" | "unknown" | null;
            /** @description a person puts the release back after a rollback, or has put it back */
            readonly rolled_forward: boolean;
            /** @description the checks still failed after the rollback, so the release is not counted as bad */
            readonly rollback_did_not_help: boolean;
            /** @enum {string|null} */
            readonly confidence: "full" | "low" | null;
        };
        /**
         * @example {
         *       "service": "shop",
         *       "environment": "production",
         *       "version": "v42",
         *       "commit": "4f2c1d9",
         *       "build_id": "83",
         *       "links": [
         *         {
         *           "title": "build",
         *           "url": "https://ci.example.com/runs/83"
         *         }
         *       ],
         *       "metadata": {
         *         "committed_at": "2026-11-21T13:00:00Z"
         *       }
         *     }
         */
        readonly RegisterDeploy: {
            /**
             * @description the service, as the rule file names it
             * @example shop
             */
            readonly service: string;
            /**
             * @description where it runs
             * @example production
             */
            readonly environment: string;
            /**
             * @description the release: a tag, a SHA or a digest
             * @example v42
             */
            readonly version: string;
            /**
             * @description the commit of the release
             * @example 4f2c1d9
             */
            readonly commit?: string;
            /**
             * @description the image of the release
             * @example registry.example.com/shop@sha256:4f2c
             */
            readonly image?: string;
            /**
             * @description rollback: this deploy returns to an older release; it is never rolled back itself
             * @default release
             * @enum {string}
             */
            readonly cause: "release" | "rollback";
            /**
             * Format: uuid
             * @description the deploy that this one rolls back
             */
            readonly rollback_of?: string;
            /**
             * @default none
             * @enum {string}
             */
            readonly migrations: "none" | "compatible" | "irreversible";
            /** @default [] */
            readonly links: readonly {
                readonly title: string;
                readonly url: string;
            }[];
            /** @description a retried call with the same build id returns the same deploy */
            readonly build_id?: string;
            /**
             * @description started: the bake begins with the call to /finished
             * @default finished
             * @enum {string}
             */
            readonly phase: "started" | "finished";
            /**
             * Format: date-time
             * @description when the deploy finished, if it is registered later than that: after an outage, or by a retry; at most 7 days ago
             * @example 2026-11-21T14:00:00Z
             */
            readonly deployed_at?: string;
            /** @default {} */
            readonly metadata: {
                readonly [key: string]: string | "";
            };
            /**
             * @description register the deploy even while a rollback is under way
             * @default false
             */
            readonly force: boolean;
        };
        /**
         * @example {
         *       "id": "47f0c12b-4af8-4105-92e5-05379123ad2c",
         *       "url": "https://bakewatch.example.com/deploys/47f0c12b-4af8-4105-92e5-05379123ad2c",
         *       "service": "shop",
         *       "environment": "production",
         *       "release": {
         *         "version": "v42",
         *         "commit": "4f2c1d9",
         *         "image": null,
         *         "metadata": {}
         *       },
         *       "cause": "release",
         *       "migrations": "none",
         *       "links": [
         *         {
         *           "title": "build",
         *           "url": "https://ci.example.com/runs/83"
         *         }
         *       ],
         *       "adopted": true,
         *       "registered_at": "2026-11-21T14:00:00.000Z",
         *       "registered_by": "ci",
         *       "deployed_at": "2026-11-21T14:00:00.000Z",
         *       "state": "passed",
         *       "bake_version": 1,
         *       "final": true,
         *       "summary": "warming up",
         *       "reasons": [
         *         "warming up"
         *       ],
         *       "baking": null,
         *       "clear_at": null,
         *       "stage": null,
         *       "weight": null,
         *       "ended_at": null,
         *       "target": null,
         *       "target_unverified": false,
         *       "rolled_back": null,
         *       "rolled_forward": false,
         *       "rollback_did_not_help": false,
         *       "confidence": null,
         *       "running": "shop:v42",
         *       "note": null
         *     }
         */
        readonly AdoptedRelease: components["schemas"]["DeploySummary"] & {
            /** @description what runs, in the words of the platform; null where the rollback hook cannot ask */
            readonly running: string | null;
            /** @description why it is not proved that this release runs; null where it is */
            readonly note: string | null;
        };
        readonly AdoptRelease: {
            /**
             * @description the service
             * @example shop
             */
            readonly service: string;
            /**
             * @description where it runs
             * @example production
             */
            readonly environment: string;
            /**
             * @description the release that runs now
             * @example v41
             */
            readonly version: string;
            /**
             * @description its commit
             * @example 4f2c1d9
             */
            readonly commit?: string;
            /**
             * @description its image
             * @example shop:v41
             */
            readonly image?: string;
            /**
             * @description adopt although the rollback hook says that another release runs: it is this release under another name
             * @default false
             */
            readonly force: boolean;
        };
        /**
         * @example {
         *       "id": "47f0c12b-4af8-4105-92e5-05379123ad2c",
         *       "url": "https://bakewatch.example.com/deploys/47f0c12b-4af8-4105-92e5-05379123ad2c",
         *       "service": "shop",
         *       "environment": "production",
         *       "release": {
         *         "version": "v42",
         *         "commit": "4f2c1d9",
         *         "image": null,
         *         "metadata": {}
         *       },
         *       "cause": "release",
         *       "migrations": "none",
         *       "links": [
         *         {
         *           "title": "build",
         *           "url": "https://ci.example.com/runs/83"
         *         }
         *       ],
         *       "adopted": false,
         *       "registered_at": "2026-11-21T14:00:00.000Z",
         *       "registered_by": "ci",
         *       "deployed_at": "2026-11-21T14:00:00.000Z",
         *       "state": "warming",
         *       "bake_version": 1,
         *       "final": false,
         *       "summary": "warming up",
         *       "reasons": [
         *         "warming up"
         *       ],
         *       "baking": null,
         *       "clear_at": null,
         *       "stage": null,
         *       "weight": null,
         *       "ended_at": null,
         *       "target": null,
         *       "target_unverified": false,
         *       "rolled_back": null,
         *       "rolled_forward": false,
         *       "rollback_did_not_help": false,
         *       "confidence": null,
         *       "explained": [],
         *       "asides": [],
         *       "checks": [],
         *       "timeline": [],
         *       "attempts": []
         *     }
         */
        readonly Deploy: components["schemas"]["DeploySummary"] & {
            /** @description the reasons with what lies below them; check is null where a reason is no headline of a check */
            readonly explained: readonly {
                readonly text: string;
                readonly check: string | null;
                readonly because: string;
                readonly notes: readonly string[];
            }[];
            /** @description advisory failures, checks that prove nothing yet, and checks that could never be asked */
            readonly asides: readonly string[];
            readonly checks: readonly {
                readonly name: string;
                readonly provider: string;
                readonly critical: boolean;
                /** @enum {string} */
                readonly outcome: "pass" | "fail" | "inconclusive" | "error" | "not_asked";
                /** @description what was measured, in the metric's own unit, without the name of the check */
                readonly headline: string;
                /** @description compared with what, and how sure; empty if the headline says everything */
                readonly because: string;
                /** @description limits of the measurement */
                readonly notes: readonly string[];
                /** @description why an answer that is no failure proves nothing yet */
                readonly unproven: string | null;
                /** @description headline, because and notes in one text */
                readonly reason: string;
                readonly measured: number | null;
                readonly limit: number | null;
                /** @description of a check with `by`: what it says of each value of the label, the worst first */
                readonly by: {
                    readonly label: string;
                    readonly rows: readonly {
                        /** @description a value of the label; null is the rest, which is judged as one */
                        readonly value: string | null;
                        /**
                         * @description unjudged: new, so it has no past of its own
                         * @enum {string}
                         */
                        readonly outcome: "pass" | "fail" | "inconclusive" | "unjudged";
                        readonly measured: number | null;
                        readonly expected: number | null;
                        readonly samples: number | null;
                        readonly events: number | null;
                    }[];
                } | null;
                /** Format: date-time */
                readonly at: string | null;
                readonly asked: number;
                readonly could_not_ask: number;
            }[];
            readonly timeline: readonly {
                /** Format: date-time */
                readonly at: string;
                readonly kind: string;
                readonly by: string;
                readonly text: string;
                readonly detail: string | null;
            }[];
            readonly attempts: readonly {
                readonly order: string;
                readonly number: number;
                /** Format: date-time */
                readonly started_at: string;
                /** Format: date-time */
                readonly ended_at: string | null;
                /** @description null: under way, or its end was never recorded */
                readonly outcome: string | null;
                /**
                 * Format: date-time
                 * @description until when it may be running; null: it has ended, or that is not known
                 */
                readonly may_run_until: string | null;
                /** @description the output of the hook so far, without secrets */
                readonly output: string;
            }[];
        };
        readonly Why: {
            readonly why: string;
        };
        readonly RollForward: {
            readonly why: string;
            /**
             * @description also where a freeze or a verdict would hold an automatic order
             * @default false
             */
            readonly confirm: boolean;
        };
        readonly Mark: {
            /**
             * @description the verdict is a false alarm, or the cause of the failure lies elsewhere
             * @enum {string}
             */
            readonly kind: "false_alarm" | "elsewhere";
            readonly why: string;
            /**
             * @description take the mark back
             * @default false
             */
            readonly undo: boolean;
        };
        readonly Extend: {
            /**
             * @description a duration such as 10m
             * @example 10m
             */
            readonly by: string;
        };
        readonly Report: {
            /** Format: date-time */
            readonly at: string;
            readonly url: string;
            readonly title: string;
            readonly summary: string;
            readonly final: boolean;
            /** @enum {string} */
            readonly state: "warming" | "shifting" | "baking" | "awaiting_approval" | "rolling_back" | "verifying" | "passed" | "rolled_back" | "inconclusive" | "failed" | "canceled" | "superseded";
            readonly deploy: {
                /** Format: uuid */
                readonly id: string;
                readonly service: string;
                readonly environment: string;
                /** Format: date-time */
                readonly registered_at: string;
                readonly registered_by: string;
                /** Format: date-time */
                readonly deployed_at: string | null;
                /** @enum {string} */
                readonly cause: "release" | "rollback";
                readonly links: readonly {
                    readonly title: string;
                    readonly url: string;
                }[];
            };
            readonly change: {
                readonly from: {
                    readonly version: string;
                    readonly commit: string | null;
                } | null;
                readonly to: {
                    readonly version: string;
                    readonly commit: string | null;
                };
                readonly compare_url: string | null;
            };
            readonly times: {
                /** Format: date-time */
                readonly first_bad_at: string | null;
                /** Format: date-time */
                readonly judged_bad_at: string | null;
                /** Format: date-time */
                readonly ordered_at: string | null;
                /** Format: date-time */
                readonly rolled_back_at: string | null;
                /** Format: date-time */
                readonly recovered_at: string | null;
                readonly detect_ms: number | null;
                readonly decide_ms: number | null;
                readonly roll_back_ms: number | null;
                readonly recover_ms: number | null;
                readonly affected_ms: number | null;
                readonly still_affected: boolean;
            };
            readonly checks: readonly {
                readonly name: string;
                readonly provider: string;
                readonly critical: boolean;
                readonly asked: number;
                readonly could_not_ask: number;
                readonly query: string | null;
                readonly during_bake: {
                    /** @enum {string} */
                    readonly outcome: "pass" | "fail" | "inconclusive" | "error";
                    /** @description what was measured, in the metric's own unit, without the name of the check */
                    readonly headline: string;
                    /** @description compared with what, and how sure; empty if the headline says everything */
                    readonly because: string;
                    /** @description limits of the measurement */
                    readonly notes: readonly string[];
                    /** @description why an answer that is no failure proves nothing yet */
                    readonly unproven: string | null;
                    readonly reason: string;
                    /** @description of a check with `by`: what it says of each value of the label, the worst first */
                    readonly by: {
                        readonly label: string;
                        readonly rows: readonly {
                            /** @description a value of the label; null is the rest, which is judged as one */
                            readonly value: string | null;
                            /**
                             * @description unjudged: new, so it has no past of its own
                             * @enum {string}
                             */
                            readonly outcome: "pass" | "fail" | "inconclusive" | "unjudged";
                            readonly measured: number | null;
                            readonly expected: number | null;
                            readonly samples: number | null;
                            readonly events: number | null;
                        }[];
                    } | null;
                    /** Format: date-time */
                    readonly at: string;
                } | null;
                readonly after_rollback: {
                    /** @enum {string} */
                    readonly outcome: "pass" | "fail" | "inconclusive" | "error";
                    /** @description what was measured, in the metric's own unit, without the name of the check */
                    readonly headline: string;
                    /** @description compared with what, and how sure; empty if the headline says everything */
                    readonly because: string;
                    /** @description limits of the measurement */
                    readonly notes: readonly string[];
                    /** @description why an answer that is no failure proves nothing yet */
                    readonly unproven: string | null;
                    readonly reason: string;
                    /** @description of a check with `by`: what it says of each value of the label, the worst first */
                    readonly by: {
                        readonly label: string;
                        readonly rows: readonly {
                            /** @description a value of the label; null is the rest, which is judged as one */
                            readonly value: string | null;
                            /**
                             * @description unjudged: new, so it has no past of its own
                             * @enum {string}
                             */
                            readonly outcome: "pass" | "fail" | "inconclusive" | "unjudged";
                            readonly measured: number | null;
                            readonly expected: number | null;
                            readonly samples: number | null;
                            readonly events: number | null;
                        }[];
                    } | null;
                    /** Format: date-time */
                    readonly at: string;
                } | null;
            }[];
            readonly charts: readonly components["schemas"]["Chart"][];
            readonly interventions: readonly {
                /** Format: date-time */
                readonly at: string;
                readonly kind: string;
                readonly by: string;
                readonly text: string;
                readonly detail: string | null;
            }[];
            readonly attempts: readonly {
                readonly number: number;
                /** Format: date-time */
                readonly started_at: string;
                /** Format: date-time */
                readonly ended_at: string | null;
                readonly outcome: string | null;
                readonly output: string;
            }[];
            readonly timeline: readonly {
                /** Format: date-time */
                readonly at: string;
                readonly kind: string;
                readonly by: string;
                readonly text: string;
                readonly detail: string | null;
            }[];
            readonly unknowns: readonly string[];
        };
        readonly Chart: {
            readonly check: string;
            readonly title: string;
            /** @description The headline of the verdict that decided. */
            readonly caption: string | null;
            /** @enum {string|null} */
            readonly outcome: "pass" | "fail" | "inconclusive" | null;
            /** @description Such as `%`, `bytes`, `seconds` or `orders/second`. Empty: none. */
            readonly unit: string;
            /** Format: date-time */
            readonly from: string;
            /** Format: date-time */
            readonly to: string;
            readonly series: readonly {
                /** @enum {string} */
                readonly kind: "before" | "control" | "release" | "recovery";
                readonly label: string;
                readonly points: readonly {
                    /** Format: date-time */
                    readonly at: string;
                    readonly value: number | null;
                }[];
            }[];
            readonly lines: readonly {
                /** @enum {string} */
                readonly kind: "limit" | "expected";
                readonly value: number;
                readonly label: string;
                /** @enum {string|null} */
                readonly bad_side: "above" | "below" | null;
                /** @description Whether the line belongs to the verdict that decided. */
                readonly decides: boolean;
            }[];
            readonly marks: readonly {
                /** @enum {string} */
                readonly kind: "deployed" | "shifted" | "judged_bad" | "rolled_back" | "recovered";
                /** Format: date-time */
                readonly at: string;
                readonly label: string;
            }[];
        };
        readonly Freeze: {
            readonly frozen: boolean;
            /**
             * @description one service; default: all services
             * @example shop
             */
            readonly service?: string;
            readonly why?: string;
        };
        readonly Drill: {
            readonly service: string;
            readonly environment: string;
            readonly hook: string;
            readonly target: string;
            /** @description there is no other known-good release: no rollback away from it was rehearsed */
            readonly only_known_good: boolean;
            readonly for_real: boolean;
            readonly ok: boolean;
            readonly steps: readonly {
                readonly name: string;
                readonly ok: boolean;
                readonly took_ms: number;
                readonly detail: string;
            }[];
        };
        readonly DrillRequest: {
            /**
             * @description the service whose rollback is tried
             * @example shop
             */
            readonly service: string;
            /**
             * @description default: production
             * @example production
             */
            readonly environment?: string;
            /**
             * @description roll back and return, where the config allows it; default: change nothing
             * @default false
             */
            readonly for_real: boolean;
        };
        readonly NotifierTest: {
            readonly notifier: string;
            readonly type: string;
            /** @enum {string} */
            readonly topic: "started" | "unhealthy" | "approval" | "rolled_back" | "recovered" | "failed" | "inconclusive" | "blind" | "sighted" | "passed" | "stopped" | "drill_failed" | "elsewhere" | "rolled_forward";
            readonly ok: boolean;
            /** @enum {string} */
            readonly outcome: "delivered" | "unreachable" | "timeout" | "refused" | "failed";
            readonly reason: string | null;
            readonly took_ms: number;
            readonly title: string;
            /** @description what the notifier's rules would do with such a notice now; a test ignores them */
            readonly rules: {
                /** @enum {string} */
                readonly kind: "send" | "hold" | "unwanted" | "outdated";
                /** Format: date-time */
                readonly until: string | null;
                readonly why: string | null;
            };
        };
        readonly NotifierTestRequest: {
            /**
             * @description the topic of the sample; default: unhealthy
             * @default unhealthy
             * @enum {string}
             */
            readonly topic: "started" | "unhealthy" | "approval" | "rolled_back" | "recovered" | "failed" | "inconclusive" | "blind" | "sighted" | "passed" | "stopped" | "drill_failed" | "elsewhere" | "rolled_forward";
            /**
             * @description the service of the sample; default: example
             * @example example
             */
            readonly service?: string;
            /**
             * @description default: production
             * @example production
             */
            readonly environment?: string;
        };
        readonly Service: {
            readonly service: string;
            readonly environments: readonly {
                readonly environment: string;
                readonly recent: readonly components["schemas"]["DeploySummary"][];
                readonly known_good: {
                    readonly version: string;
                    readonly commit: string | null;
                    /** @description no release is verified; the bake of this one ended with nothing seen against it */
                    readonly unverified: boolean;
                    readonly url: string;
                } | null;
                readonly dora: components["schemas"]["Dora"];
            }[];
        };
        readonly Dora: {
            /** Format: date-time */
            readonly from: string;
            /** Format: date-time */
            readonly to: string;
            readonly deploys: {
                readonly count: number;
                readonly per_day: number;
            };
            readonly change_failure: {
                readonly failed: number;
                readonly of: number;
                readonly rate: number | null;
                readonly interval_95: {
                    readonly low: number;
                    readonly high: number;
                } | null;
                readonly not_counted: {
                    readonly open: number;
                    readonly inconclusive: number;
                    readonly canceled: number;
                    readonly superseded: number;
                    readonly rollbacks: number;
                    readonly adopted: number;
                    readonly false_alarm: number;
                    readonly elsewhere: number;
                };
            };
            readonly restore: {
                readonly took: {
                    readonly n: number;
                    readonly median_ms: number;
                    readonly p90_ms: number;
                } | null;
                readonly open: number;
            };
            readonly lead_time: {
                readonly n: number;
                readonly median_ms: number;
                readonly p90_ms: number;
            } | null;
        };
        readonly Reload: {
            /** @description the version of the rule book in force */
            readonly rule_book: number;
            /**
             * @description loaded: the rules of the files are a new version; current: the fleet uses these rules already; older: the fleet has newer ones
             * @enum {string}
             */
            readonly outcome: "loaded" | "current" | "older";
            /** @description what changed, such as "rules of shop in production: changed" */
            readonly changes: readonly string[];
            /** @description the rule files that cannot be used; their services keep the rules that they had */
            readonly refused: readonly {
                readonly file: string;
                readonly problems: readonly string[];
            }[];
            /** @description keys of the config that have changed and are read at the start only */
            readonly needs_restart: readonly string[];
            /** @description which parts of the config a reload loads, in one sentence */
            readonly scope: string;
        };
        readonly AlertCounts: {
            readonly taken: number;
            /** @description alerts of no known service, or of one that the token may not report */
            readonly dropped: number;
        };
        readonly Alerts: {
            /**
             * @description 4: Alertmanager's webhook; 1: Grafana's
             * @enum {string}
             */
            readonly version: "1" | "4";
            readonly alerts: readonly ({
                /** @enum {string} */
                readonly status: "firing" | "resolved";
                readonly labels: {
                    readonly [key: string]: string;
                };
                readonly annotations?: {
                    readonly [key: string]: string;
                } | null;
                /** Format: date-time */
                readonly startsAt: string;
                /** Format: date-time */
                readonly endsAt?: string | null;
                readonly fingerprint: string;
            } & {
                readonly [key: string]: unknown;
            })[];
        } & {
            readonly [key: string]: unknown;
        };
        /**
         * @example {
         *       "status": "ok"
         *     }
         */
        readonly Readiness: {
            /** @enum {string} */
            readonly status: "ok" | "not ready";
            /** @description why the server is not ready */
            readonly reason?: string;
            /** @description what is wrong although the server is ready */
            readonly warnings?: readonly string[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly receiveSlackAction: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                readonly "x-slack-signature": string;
                readonly "x-slack-request-timestamp": string;
            };
            readonly path: {
                readonly notifier: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/x-www-form-urlencoded": {
                    /** @description Slack's block_actions payload as JSON */
                    readonly payload: string;
                };
            };
        };
        readonly responses: {
            /** @description Received; the person gets the result in Slack */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The signature is wrong or too old */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly listDeploys: {
        readonly parameters: {
            readonly query?: {
                readonly service?: string;
                readonly environment?: string;
                readonly state?: "warming" | "shifting" | "baking" | "awaiting_approval" | "rolling_back" | "verifying" | "passed" | "rolled_back" | "inconclusive" | "failed" | "canceled" | "superseded";
                readonly limit?: number;
                /** @description only deploys registered before this one */
                readonly before?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The deploys */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly deploys: readonly components["schemas"]["DeploySummary"][];
                    };
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly registerDeploy: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                readonly "idempotency-key"?: string;
                /** @description seconds since the first try of this call: the deploy had finished then. By the clock of the caller alone, so that it may be wrong */
                readonly "bakewatch-first-try-ago"?: number;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RegisterDeploy"];
            };
        };
        readonly responses: {
            /** @description An earlier call has already registered this deploy */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RegisteredDeploy"];
                };
            };
            /** @description Registered */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RegisteredDeploy"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly adoptRelease: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["AdoptRelease"];
            };
        };
        readonly responses: {
            /** @description The newest deploy is this adoption already */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AdoptedRelease"];
                };
            };
            /** @description Adopted */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AdoptedRelease"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getDeploy: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The deploy */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Deploy"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly waitForDeploy: {
        readonly parameters: {
            readonly query?: {
                readonly timeout?: string;
                /** @description answer as soon as the version of the bake is greater than this */
                readonly after?: number;
                /** @description clear: answer also as soon as every critical check has ruled out harm; the bake goes on */
                readonly until?: "final" | "clear";
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The deploy as it is then; call again unless `final` is true */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Deploy"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getRecording: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The recording */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/jsonl": string;
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly finishDeploy: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The deploy afterwards */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly cancelBake: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The deploy afterwards */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly approveRollback: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The deploy afterwards */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly passBake: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Why"];
            };
        };
        readonly responses: {
            /** @description The deploy afterwards */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly rollBack: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Why"];
            };
        };
        readonly responses: {
            /** @description The deploy afterwards */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly rollForward: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RollForward"];
            };
        };
        readonly responses: {
            /** @description The deploy afterwards */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly markVerdict: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Mark"];
            };
        };
        readonly responses: {
            /** @description The deploy afterwards */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly extendBake: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Extend"];
            };
        };
        readonly responses: {
            /** @description The deploy afterwards */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly streamEvents: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description the id of the last event: what happened since is sent first */
                readonly "last-event-id"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The stream */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/event-stream": string;
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getReport: {
        readonly parameters: {
            readonly query?: {
                /** @description default: as the Accept header prefers, else json */
                readonly format?: "json" | "md" | "html";
            };
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The report */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Report"];
                    readonly "text/markdown": string;
                    readonly "text/html": string;
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly listFreezes: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The freezes */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly freezes: readonly {
                            readonly service: string | null;
                            readonly by: string;
                            readonly why: string;
                            /** Format: date-time */
                            readonly since: string;
                        }[];
                    };
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly changeFreeze: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Freeze"];
            };
        };
        readonly responses: {
            /** @description The freezes now; `changed` is false where there was no freeze to lift */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly freezes: readonly {
                            readonly service: string | null;
                            readonly by: string;
                            readonly why: string;
                            /** Format: date-time */
                            readonly since: string;
                        }[];
                        readonly changed: boolean;
                    };
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly runDrill: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["DrillRequest"];
            };
        };
        readonly responses: {
            /** @description The steps of the drill; `ok` says whether a rollback would work */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Drill"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly testNotifier: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NotifierTestRequest"];
            };
        };
        readonly responses: {
            /** @description The result; `ok` says whether it was delivered */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NotifierTest"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly listServices: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The services */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly services: readonly {
                            readonly service: string;
                            readonly environment: string;
                            readonly state: string;
                            readonly latest: components["schemas"]["DeploySummary"];
                            readonly known_good: components["schemas"]["DeploySummary"] | null;
                            readonly known_good_unverified: boolean;
                        }[];
                    };
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getService: {
        readonly parameters: {
            readonly query?: {
                readonly environment?: string;
                /** @description how far back from now */
                readonly since?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly service: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The service */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Service"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly reloadFiles: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description What was loaded */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Reload"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            readonly 409: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The files cannot be used; `errors` has every problem */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly receiveAlerts: {
        readonly parameters: {
            readonly query?: {
                /** @description the service of alerts without the label `service` */
                readonly service?: string;
                /** @description the environment of alerts without the label `environment` */
                readonly environment?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Alerts"];
            };
        };
        readonly responses: {
            /** @description What became of the alerts */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AlertCounts"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            readonly 403: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            readonly 408: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            readonly 413: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            readonly 415: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            readonly 500: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly isLive: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It does */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {string} */
                        readonly status: "ok";
                    };
                };
            };
        };
    };
    readonly isReady: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is ready */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description It is not ready, for this reason */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    readonly getMetrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The metrics */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/plain": string;
                };
            };
        };
    };
    readonly onNotice: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description t= the time in Unix seconds, ,v1= the HMAC-SHA256 of t, a dot and the body, in hexadecimal */
                readonly "bakewatch-signature": string;
                /** @description the id in the body: the same message may arrive more than once */
                readonly "idempotency-key": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Notice"];
            };
        };
        readonly responses: {
            /** @description Sent again later */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sent again later */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly onRollbackOrder: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description t= the time in Unix seconds, ,v1= the HMAC-SHA256 of t, a dot and the body, in hexadecimal */
                readonly "bakewatch-signature": string;
                /** @description the id in the body: the same message may arrive more than once */
                readonly "idempotency-key": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RollbackOrder"];
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /**
                         * @description the target already ran
                         * @enum {string}
                         */
                        readonly status?: "already_there";
                    };
                };
            };
            /** @description Accepted, but not yet done */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused: the release is gone, and nothing was done */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sent again later */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sent again later */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly onShiftOrder: {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description t= the time in Unix seconds, ,v1= the HMAC-SHA256 of t, a dot and the body, in hexadecimal */
                readonly "bakewatch-signature": string;
                /** @description the id in the body: the same message may arrive more than once */
                readonly "idempotency-key": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["ShiftOrder"];
            };
        };
        readonly responses: {
            /** @description Sent again later */
            readonly 429: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sent again later */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}

// Generated from docs/reference/openapi.json by script/write-client-types.ts. Do not edit.
export interface paths {
    "/v1/slack/{notifier}/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive the buttons that people press in Slack
         * @description The interactivity request URL of the Slack app behind a notifier with `buttons`. The call needs no token: it is authenticated by Slack's signature over the raw body, in X-Slack-Signature.
         */
        post: operations["receiveSlackAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deploys, newest first */
        get: operations["listDeploys"];
        put?: never;
        /** Register a deploy and begin its bake */
        post: operations["registerDeploy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/adopt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Declare the running release known-good
         * @description Asks the rollback hook what runs. 409 where that is another release, unless `force` is true.
         */
        post: operations["adoptRelease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One deploy with its checks, timeline and hook attempts */
        get: operations["getDeploy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}/wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Wait until the bake is final or the timeout has passed */
        get: operations["waitForDeploy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything the judge saw, as one line of JSON (bakewatch.recording/1) */
        get: operations["getRecording"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}/finished": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Report that a deploy registered with phase: started has finished */
        post: operations["finishDeploy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the watch over a deploy; roll nothing back */
        post: operations["cancelBake"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approve the rollback that waits for a person */
        post: operations["approveRollback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}/pass": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pass the bake by hand: the release becomes known-good */
        post: operations["passBake"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Roll back to the last known-good release, whatever the checks say */
        post: operations["rollBack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}/roll-forward": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put the release of this deploy back after a rollback; repeating the call changes nothing */
        post: operations["rollForward"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}/mark": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mark a bad verdict as wrong, or take the mark back */
        post: operations["markVerdict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Extend the bake, and the latest time at which it may end */
        post: operations["extendBake"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens, as server-sent events
         * @description Events: `hello` first; `deploy` with a deploy as the lists show it, each time its bake moves; `freeze` with all freezes, when they change; `reset` where the point to go on from is too old: read the lists again. An event may arrive more than once. A stream ends after ten minutes at the latest, and a minute after its token is revoked; a client that reads too slowly is cut off: connect again with `Last-Event-ID`.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deploys/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The draft of a post-mortem: what happened, what was compared with what, what was done, how long it took, what is not known */
        get: operations["getReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/freeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The freezes of automatic rollbacks, each with its author and reason */
        get: operations["listFreezes"];
        /** Stop automatic rollbacks, of one service or of all, or allow them again */
        put: operations["changeFreeze"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/drills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove a rollback hook without an incident */
        post: operations["runDrill"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifiers/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a sample notice, marked as a test, through a notifier */
        post: operations["testNotifier"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every service with its newest and its last known-good deploy */
        get: operations["listServices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/services/{service}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One service, with the DORA metrics of each of its environments */
        get: operations["getService"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Load the config, the rule files and the secrets again
         * @description Needs a token that may `operate` everywhere. Bakes under way keep their rules. A rule file that cannot be used does not stop the others; where the config cannot be used, nothing changes (422).
         */
        post: operations["reloadFiles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rules/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check the text of a rule file
         * @description Changes nothing and reads no file: `extends` is a problem. Names are checked against the config of this server; what the options of a provider allow is not.
         */
        post: operations["checkRules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Judge a recording again
         * @description What `bakewatch replay` does, for one recording of at most 4 MiB. Changes nothing and asks no provider. It runs beside the live bakes, one recording after the other, for at most 20 seconds each.
         */
        post: operations["replayRecording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take alerts from Alertmanager or Grafana
         * @description Takes the body of Alertmanager's webhook (version 4) and of Grafana's; unknown keys are ignored. Needs a token that may `alert`. The labels `service` and `environment` say what an alert belongs to. Idempotent.
         */
        post: operations["receiveAlerts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What people, tokens and strangers did, newest first
         * @description A token sees the rows of the places that it may read. Rows that belong to no service, such as refusals and reloads, need a token that may read everything.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same rows as lines of JSON, oldest first */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compute the hash of every row again
         * @description Needs a token that may read everything. With `seq` and `hash`, a row that was noted earlier must still be there as it was.
         */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the tokens
         * @description Needs a token that may `admin` wherever the managed token may act. Tokens that have ended are listed for 400 days.
         */
        get: operations["listTokens"];
        put?: never;
        /**
         * Create a token
         * @description Needs a token that may `admin` wherever the managed token may act. On a server without tokens, everyone on its machine may create the first one; that one must be able to `admin` everywhere, and from then on every call needs a token.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens/{name}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a token a new secret
         * @description Needs a token that may `admin` wherever the managed token may act. The secret before works for `overlap`, so that callers can be changed one after the other; an older one ends at once. Without `expires`, the new secret lives as long as the one before.
         */
        post: operations["rotateToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a token
         * @description Needs a token that may `admin` wherever the managed token may act. It ends on all servers at once, also for calls that are already on their way.
         */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who has signed in
         * @description Needs `admin`.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session, on all servers at once
         * @description Needs `admin`.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers */
        get: operations["isLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server can do its work: the database answers and the scheduler runs */
        get: operations["isReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The metrics of the server, in the text format of Prometheus */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    notice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A notice, from a notifier of type webhook with format: plain */
        post: operations["onNotice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    rollbackOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** An order to roll back, from a hook of type webhook */
        post: operations["onRollbackOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    shiftOrder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** An order to shift traffic, from a traffic hook of type webhook */
        post: operations["onShiftOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
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
        Notice: {
            id: string;
            /**
             * @description what happened; new topics may be added
             * @enum {string}
             */
            topic: "started" | "unhealthy" | "approval" | "rolled_back" | "recovered" | "failed" | "inconclusive" | "blind" | "sighted" | "passed" | "stopped" | "drill_failed" | "elsewhere" | "rolled_forward" | "frozen" | "unfrozen" | "disarmed";
            /** Format: date-time */
            at: string;
            /** @description null: the notice is about no deploy, but about a freeze */
            deploy_id: string | null;
            service: string;
            environment: string;
            version: string;
            title: string;
            summary: string;
            reasons: string[];
            details: string[];
            /** @description the deploy's page; null: the server has no public_url */
            url: string | null;
            links: {
                title: string;
                url: string;
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
        RollbackOrder: {
            id: string;
            service: string;
            environment: string;
            from: {
                version: string;
                fingerprint?: string;
            };
            target: {
                deployId: string;
                version: string;
                commit?: string;
                image?: string;
                fingerprint?: string;
                /** @enum {boolean} */
                isUnverified?: true;
            };
            reasons: string[];
            /** @description act although the target seems to run */
            mustAct?: boolean;
            /** @description a person puts a release back that was rolled back */
            isForward?: boolean;
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
        ShiftOrder: {
            id: string;
            service: string;
            environment: string;
            release: {
                version: string;
            };
            /** @description the share of the release in percent; the stable release gets the rest */
            weight: number;
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
        Problem: {
            /** @description what programs tell the refusal by: `urn:bakewatch:problem:` and a stable name, such as `key_conflict`; `about:blank` where the status says it all */
            type: string;
            title: string;
            status: number;
            detail: string;
            errors?: {
                path: string;
                message: string;
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
        RegisteredDeploy: components["schemas"]["DeploySummary"] & {
            /** @description what looks wrong with the queries of the rules, such as a selector that has never matched a series */
            warnings: string[];
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
        DeploySummary: {
            /** Format: uuid */
            id: string;
            url: string;
            service: string;
            environment: string;
            release: {
                version: string;
                commit: string | null;
                image: string | null;
                metadata: {
                    [key: string]: string;
                };
            };
            /** @enum {string} */
            cause: "release" | "rollback";
            migrations: string;
            links: {
                title: string;
                url: string;
            }[];
            adopted: boolean;
            /** Format: date-time */
            registered_at: string;
            registered_by: string;
            /** Format: date-time */
            deployed_at: string | null;
            /** @enum {string} */
            state: "warming" | "shifting" | "baking" | "awaiting_approval" | "rolling_back" | "verifying" | "passed" | "rolled_back" | "inconclusive" | "failed" | "canceled" | "superseded";
            /** @description the number of changes of the bake so far */
            bake_version: number;
            final: boolean;
            summary: string;
            /** @description the headlines of the checks that decide, and what else decided */
            reasons: string[];
            baking: {
                /** Format: date-time */
                from: string;
                /** Format: date-time */
                ends_at: string;
                /** Format: date-time */
                limit_at: string;
                /**
                 * Format: date-time
                 * @description the latest end of a bake that goes on beyond its planned end
                 */
                extended_until: string | null;
                extended_because: string | null;
            } | null;
            /**
             * Format: date-time
             * @description when every critical check had ruled out harm; the bake goes on to its planned end
             */
            clear_at: string | null;
            stage: {
                number: number;
                of: number;
                weight: number;
                /** Format: date-time */
                ends_at: string;
            } | null;
            /** @description the share of the traffic, in percent, that the release has since the last shift */
            weight: number | null;
            /** Format: date-time */
            ended_at: string | null;
            target: string | null;
            /** @description the bake of the target ended inconclusive with nothing seen against it, and no release is verified */
            target_unverified: boolean;
            /** @enum {string|null} */
            rolled_back: "no" | "yes" | "unknown" | null;
            /** @description a person puts the release back after a rollback, or has put it back */
            rolled_forward: boolean;
            /** @description the checks still failed after the rollback, so the release is not counted as bad */
            rollback_did_not_help: boolean;
            /** @enum {string|null} */
            confidence: "full" | "low" | null;
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
        RegisterDeploy: {
            /**
             * @description the service, as the rule file names it
             * @example shop
             */
            service: string;
            /**
             * @description where it runs
             * @example production
             */
            environment: string;
            /**
             * @description the release: a tag, a SHA or a digest
             * @example v42
             */
            version: string;
            /**
             * @description the commit of the release
             * @example 4f2c1d9
             */
            commit?: string;
            /**
             * @description the image of the release
             * @example registry.example.com/shop@sha256:4f2c
             */
            image?: string;
            /**
             * @description rollback: this deploy returns to an older release; it is never rolled back itself
             * @default release
             * @enum {string}
             */
            cause?: "release" | "rollback";
            /**
             * Format: uuid
             * @description the deploy that this one rolls back
             */
            rollback_of?: string;
            /**
             * @default none
             * @enum {string}
             */
            migrations?: "none" | "compatible" | "irreversible";
            /** @default [] */
            links?: {
                title: string;
                url: string;
            }[];
            /** @description a retried call with the same build id returns the same deploy */
            build_id?: string;
            /**
             * @description started: the bake begins with the call to /finished
             * @default finished
             * @enum {string}
             */
            phase?: "started" | "finished";
            /**
             * Format: date-time
             * @description when the deploy finished, if it is registered later than that: after an outage, or by a retry; at most 7 days ago
             * @example 2026-11-21T14:00:00Z
             */
            deployed_at?: string;
            /** @default {} */
            metadata?: {
                [key: string]: string | "";
            };
            /**
             * @description register the deploy even while a rollback is under way
             * @default false
             */
            force?: boolean;
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
        AdoptedRelease: components["schemas"]["DeploySummary"] & {
            /** @description what runs, in the words of the platform; null where the rollback hook cannot ask */
            running: string | null;
            /** @description why it is not proved that this release runs; null where it is */
            note: string | null;
        };
        AdoptRelease: {
            /**
             * @description the service
             * @example shop
             */
            service: string;
            /**
             * @description where it runs
             * @example production
             */
            environment: string;
            /**
             * @description the release that runs now
             * @example v41
             */
            version: string;
            /**
             * @description its commit
             * @example 4f2c1d9
             */
            commit?: string;
            /**
             * @description its image
             * @example shop:v41
             */
            image?: string;
            /**
             * @description adopt although the rollback hook says that another release runs: it is this release under another name
             * @default false
             */
            force?: boolean;
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
        Deploy: components["schemas"]["DeploySummary"] & {
            /** @description the reasons with what lies below them; check is null where a reason is no headline of a check */
            explained: {
                text: string;
                check: string | null;
                because: string;
                notes: string[];
            }[];
            /** @description advisory failures, checks that prove nothing yet, and checks that could never be asked */
            asides: string[];
            checks: {
                name: string;
                provider: string;
                critical: boolean;
                /** @enum {string} */
                outcome: "pass" | "fail" | "inconclusive" | "error" | "not_asked";
                /** @description what was measured, in the metric's own unit, without the name of the check */
                headline: string;
                /** @description compared with what, and how sure; empty if the headline says everything */
                because: string;
                /** @description limits of the measurement */
                notes: string[];
                /** @description why an answer that is no failure proves nothing yet */
                unproven: string | null;
                /** @description headline, because and notes in one text */
                reason: string;
                measured: number | null;
                limit: number | null;
                /** @description of a check with `by`: what it says of each value of the label, the worst first */
                by: {
                    label: string;
                    rows: {
                        /** @description a value of the label; null is the rest, which is judged as one */
                        value: string | null;
                        /**
                         * @description unjudged: new, so it has no past of its own
                         * @enum {string}
                         */
                        outcome: "pass" | "fail" | "inconclusive" | "unjudged";
                        measured: number | null;
                        expected: number | null;
                        samples: number | null;
                        events: number | null;
                    }[];
                } | null;
                /** Format: date-time */
                at: string | null;
                asked: number;
                could_not_ask: number;
            }[];
            timeline: {
                /** Format: date-time */
                at: string;
                kind: string;
                by: string;
                text: string;
                detail: string | null;
            }[];
            attempts: {
                order: string;
                number: number;
                /** Format: date-time */
                started_at: string;
                /** Format: date-time */
                ended_at: string | null;
                /** @description null: under way, or its end was never recorded */
                outcome: string | null;
                /**
                 * Format: date-time
                 * @description until when it may be running; null: it has ended, or that is not known
                 */
                may_run_until: string | null;
                /** @description the output of the hook so far, without secrets */
                output: string;
            }[];
        };
        Why: {
            why: string;
        };
        RollForward: {
            why: string;
            /**
             * @description also where a freeze or a verdict would hold an automatic order
             * @default false
             */
            confirm?: boolean;
        };
        Mark: {
            /**
             * @description the verdict is a false alarm, or the cause of the failure lies elsewhere
             * @enum {string}
             */
            kind: "false_alarm" | "elsewhere";
            why: string;
            /**
             * @description take the mark back
             * @default false
             */
            undo?: boolean;
        };
        Extend: {
            /**
             * @description a duration such as 10m
             * @example 10m
             */
            by: string;
        };
        Report: {
            /** Format: date-time */
            at: string;
            url: string;
            title: string;
            summary: string;
            final: boolean;
            /** @enum {string} */
            state: "warming" | "shifting" | "baking" | "awaiting_approval" | "rolling_back" | "verifying" | "passed" | "rolled_back" | "inconclusive" | "failed" | "canceled" | "superseded";
            deploy: {
                /** Format: uuid */
                id: string;
                service: string;
                environment: string;
                /** Format: date-time */
                registered_at: string;
                registered_by: string;
                /** Format: date-time */
                deployed_at: string | null;
                /** @enum {string} */
                cause: "release" | "rollback";
                links: {
                    title: string;
                    url: string;
                }[];
            };
            change: {
                from: {
                    version: string;
                    commit: string | null;
                } | null;
                to: {
                    version: string;
                    commit: string | null;
                };
                compare_url: string | null;
            };
            times: {
                /** Format: date-time */
                first_bad_at: string | null;
                /** Format: date-time */
                judged_bad_at: string | null;
                /** Format: date-time */
                ordered_at: string | null;
                /** Format: date-time */
                rolled_back_at: string | null;
                /** Format: date-time */
                recovered_at: string | null;
                detect_ms: number | null;
                decide_ms: number | null;
                roll_back_ms: number | null;
                recover_ms: number | null;
                affected_ms: number | null;
                still_affected: boolean;
            };
            checks: {
                name: string;
                provider: string;
                critical: boolean;
                asked: number;
                could_not_ask: number;
                query: string | null;
                during_bake: {
                    /** @enum {string} */
                    outcome: "pass" | "fail" | "inconclusive" | "error";
                    /** @description what was measured, in the metric's own unit, without the name of the check */
                    headline: string;
                    /** @description compared with what, and how sure; empty if the headline says everything */
                    because: string;
                    /** @description limits of the measurement */
                    notes: string[];
                    /** @description why an answer that is no failure proves nothing yet */
                    unproven: string | null;
                    reason: string;
                    /** @description of a check with `by`: what it says of each value of the label, the worst first */
                    by: {
                        label: string;
                        rows: {
                            /** @description a value of the label; null is the rest, which is judged as one */
                            value: string | null;
                            /**
                             * @description unjudged: new, so it has no past of its own
                             * @enum {string}
                             */
                            outcome: "pass" | "fail" | "inconclusive" | "unjudged";
                            measured: number | null;
                            expected: number | null;
                            samples: number | null;
                            events: number | null;
                        }[];
                    } | null;
                    /** Format: date-time */
                    at: string;
                } | null;
                after_rollback: {
                    /** @enum {string} */
                    outcome: "pass" | "fail" | "inconclusive" | "error";
                    /** @description what was measured, in the metric's own unit, without the name of the check */
                    headline: string;
                    /** @description compared with what, and how sure; empty if the headline says everything */
                    because: string;
                    /** @description limits of the measurement */
                    notes: string[];
                    /** @description why an answer that is no failure proves nothing yet */
                    unproven: string | null;
                    reason: string;
                    /** @description of a check with `by`: what it says of each value of the label, the worst first */
                    by: {
                        label: string;
                        rows: {
                            /** @description a value of the label; null is the rest, which is judged as one */
                            value: string | null;
                            /**
                             * @description unjudged: new, so it has no past of its own
                             * @enum {string}
                             */
                            outcome: "pass" | "fail" | "inconclusive" | "unjudged";
                            measured: number | null;
                            expected: number | null;
                            samples: number | null;
                            events: number | null;
                        }[];
                    } | null;
                    /** Format: date-time */
                    at: string;
                } | null;
            }[];
            charts: components["schemas"]["Chart"][];
            interventions: {
                /** Format: date-time */
                at: string;
                kind: string;
                by: string;
                text: string;
                detail: string | null;
            }[];
            attempts: {
                number: number;
                /** Format: date-time */
                started_at: string;
                /** Format: date-time */
                ended_at: string | null;
                outcome: string | null;
                output: string;
            }[];
            timeline: {
                /** Format: date-time */
                at: string;
                kind: string;
                by: string;
                text: string;
                detail: string | null;
            }[];
            unknowns: string[];
        };
        Chart: {
            check: string;
            title: string;
            /** @description The headline of the verdict that decided. */
            caption: string | null;
            /** @enum {string|null} */
            outcome: "pass" | "fail" | "inconclusive" | null;
            /** @description Such as `%`, `bytes`, `seconds` or `orders/second`. Empty: none. */
            unit: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            series: {
                /** @enum {string} */
                kind: "before" | "control" | "release" | "recovery";
                label: string;
                points: {
                    /** Format: date-time */
                    at: string;
                    value: number | null;
                }[];
            }[];
            lines: {
                /** @enum {string} */
                kind: "limit" | "expected";
                value: number;
                label: string;
                /** @enum {string|null} */
                bad_side: "above" | "below" | null;
                /** @description Whether the line belongs to the verdict that decided. */
                decides: boolean;
            }[];
            marks: {
                /** @enum {string} */
                kind: "deployed" | "shifted" | "judged_bad" | "rolled_back" | "recovered";
                /** Format: date-time */
                at: string;
                label: string;
            }[];
        };
        Freeze: {
            frozen: boolean;
            /**
             * @description one service; default: all services
             * @example shop
             */
            service?: string;
            why?: string;
            /**
             * Format: date-time
             * @description when the freeze ends by itself; default: when it is lifted
             * @example 2026-12-01T08:00:00Z
             */
            until?: string;
            /**
             * @description instead of `until`: how long the freeze holds
             * @example 2h
             */
            for?: string;
        };
        Drill: {
            service: string;
            environment: string;
            hook: string;
            target: string;
            /** @description there is no other known-good release: no rollback away from it was rehearsed */
            only_known_good: boolean;
            for_real: boolean;
            ok: boolean;
            steps: {
                name: string;
                ok: boolean;
                took_ms: number;
                detail: string;
            }[];
        };
        DrillRequest: {
            /**
             * @description the service whose rollback is tried
             * @example shop
             */
            service: string;
            /**
             * @description default: production
             * @example production
             */
            environment?: string;
            /**
             * @description roll back and return, where the config allows it; default: change nothing
             * @default false
             */
            for_real?: boolean;
        };
        NotifierTest: {
            notifier: string;
            type: string;
            /** @enum {string} */
            topic: "started" | "unhealthy" | "approval" | "rolled_back" | "recovered" | "failed" | "inconclusive" | "blind" | "sighted" | "passed" | "stopped" | "drill_failed" | "elsewhere" | "rolled_forward" | "frozen" | "unfrozen" | "disarmed";
            ok: boolean;
            /** @enum {string} */
            outcome: "delivered" | "unreachable" | "timeout" | "refused" | "failed";
            reason: string | null;
            took_ms: number;
            title: string;
            /** @description what the notifier's rules would do with such a notice now; a test ignores them */
            rules: {
                /** @enum {string} */
                kind: "send" | "hold" | "unwanted" | "outdated";
                /** Format: date-time */
                until: string | null;
                why: string | null;
            };
        };
        NotifierTestRequest: {
            /**
             * @description the topic of the sample; default: unhealthy
             * @default unhealthy
             * @enum {string}
             */
            topic?: "started" | "unhealthy" | "approval" | "rolled_back" | "recovered" | "failed" | "inconclusive" | "blind" | "sighted" | "passed" | "stopped" | "drill_failed" | "elsewhere" | "rolled_forward" | "frozen" | "unfrozen" | "disarmed";
            /**
             * @description the service of the sample; default: example
             * @example example
             */
            service?: string;
            /**
             * @description default: production
             * @example production
             */
            environment?: string;
        };
        Service: {
            service: string;
            environments: {
                environment: string;
                recent: components["schemas"]["DeploySummary"][];
                known_good: {
                    version: string;
                    commit: string | null;
                    /** @description no release is verified; the bake of this one ended with nothing seen against it */
                    unverified: boolean;
                    url: string;
                } | null;
                dora: components["schemas"]["Dora"];
            }[];
        };
        Dora: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            deploys: {
                count: number;
                per_day: number;
            };
            change_failure: {
                failed: number;
                of: number;
                rate: number | null;
                interval_95: {
                    low: number;
                    high: number;
                } | null;
                not_counted: {
                    open: number;
                    inconclusive: number;
                    canceled: number;
                    superseded: number;
                    rollbacks: number;
                    adopted: number;
                    false_alarm: number;
                    elsewhere: number;
                };
            };
            restore: {
                took: {
                    n: number;
                    median_ms: number;
                    p90_ms: number;
                } | null;
                open: number;
            };
            lead_time: {
                n: number;
                median_ms: number;
                p90_ms: number;
            } | null;
        };
        Reload: {
            /** @description the version of the rule book in force */
            rule_book: number;
            /**
             * @description loaded: the rules of the files are a new version; current: the fleet uses these rules already; older: the fleet has newer ones
             * @enum {string}
             */
            outcome: "loaded" | "current" | "older";
            /** @description what changed, such as "rules of shop in production: changed" */
            changes: string[];
            /** @description the rule files that cannot be used; their services keep the rules that they had */
            refused: {
                file: string;
                problems: string[];
            }[];
            /** @description keys of the config that have changed and are read at the start only */
            needs_restart: string[];
            /** @description which parts of the config a reload loads, in one sentence */
            scope: string;
        };
        RulesCheck: {
            /** @description whether there is no problem */
            ok: boolean;
            problems: {
                /** @description counts from 1 */
                line: number;
                /** @description counts from 1 */
                column: number;
                /** @description the place in the document, such as checks.errors.fail_when[0].above; may be empty */
                path: string;
                message: string;
                hint: string | null;
            }[];
            /** @description remarks about what is correct */
            notes: {
                /** @description counts from 1 */
                line: number;
                /** @description counts from 1 */
                column: number;
                /** @description the place in the document, such as checks.errors.fail_when[0].above; may be empty */
                path: string;
                message: string;
                hint: string | null;
            }[];
        };
        /**
         * @example {
         *       "text": "rules: 1\nservice: shop\n"
         *     }
         */
        RulesText: {
            /** @description the text of a rule file, in YAML */
            text: string;
        };
        Replay: {
            /** @description the id in the recording */
            id: string;
            /** @enum {string} */
            verdict: "pass" | "fail" | "inconclusive";
            /** @description seconds after the deploy: the end of the tick at which the verdict was final */
            decided_after: number;
            checks: {
                name: string;
                /** @enum {string} */
                verdict: "pass" | "fail" | "inconclusive";
                /** @description seconds after the deploy: the end of the tick at which the verdict was final */
                decided_after: number;
                reason: string;
            }[];
        };
        ReplayRequest: {
            /** @description one recording (bakewatch.recording/1), as `GET /v1/deploys/{id}/recording` writes it */
            recording: {
                [key: string]: unknown;
            };
            /** @description the text of a rule file, in YAML: its checks judge those of the recording that have their names. Default: the rules in the recording, or the defaults of each kind */
            rules?: string;
            /** @description how often a healthy bake may fail, for all its checks together. Default: as the rules say, or 0.01 */
            false_alarms?: number;
        };
        AlertCounts: {
            taken: number;
            /** @description alerts of no known service, or of one that the token may not report */
            dropped: number;
        };
        Alerts: {
            /**
             * @description 4: Alertmanager's webhook; 1: Grafana's
             * @enum {string}
             */
            version: "1" | "4";
            alerts: ({
                /** @enum {string} */
                status: "firing" | "resolved";
                labels: {
                    [key: string]: string;
                };
                annotations?: {
                    [key: string]: string;
                } | null;
                /** Format: date-time */
                startsAt: string;
                /** Format: date-time */
                endsAt?: string | null;
                fingerprint: string;
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        AuditPage: {
            rows: components["schemas"]["AuditRow"][];
            next: number | null;
        };
        AuditRow: {
            /** @description counts from 1 without gaps */
            seq: number;
            /** Format: date-time */
            at: string;
            actor: {
                /** @enum {string} */
                kind: "local" | "token" | "person" | "chat" | "server" | "unknown";
                name: string;
            };
            verb: string;
            service: string | null;
            environment: string | null;
            deploy: string | null;
            /** @enum {string} */
            outcome: "done" | "refused" | "failed";
            /** @description how many times it happened: refusals of one minute share a row */
            count: number;
            detail: string;
            request_id: string | null;
            address: string | null;
            /** @description SHA-256 in hexadecimal */
            previous_hash: string;
            /** @description SHA-256 in hexadecimal */
            hash: string;
        };
        AuditCheck: {
            ok: boolean;
            rows: number;
            /** @description the oldest row that is kept */
            first: number | null;
            /** @description the newest row: note it elsewhere to prove later that no row after it was removed */
            head: {
                seq: number;
                /** @description SHA-256 in hexadecimal */
                hash: string;
            } | null;
            /** @description the first row that is not as it was written */
            fault: {
                seq: number;
                why: string;
            } | null;
        };
        IssuedToken: {
            token: components["schemas"]["Token"];
            /** @description the secret; it is shown only here */
            secret: string;
            /** @description this was the first token: from now on, every call of this server and of all others on its database needs one */
            closes: boolean;
        };
        Token: {
            name: string;
            /**
             * @description config: it is changed in the config only
             * @enum {string}
             */
            source: "database" | "config";
            /** @enum {string} */
            state: "active" | "expired" | "revoked";
            verbs: ("register" | "read" | "operate" | "alert" | "admin")[];
            /** @description empty: all */
            services: string[];
            /** @description empty: all */
            environments: string[];
            /** @description null: it is in the config */
            created_at: string | null;
            created_by: string | null;
            /** @description null: it has no end */
            expires_at: string | null;
            /** @description to the minute; null: never, or it is in the config */
            last_used_at: string | null;
            /** @description until when the secret before the last rotation works; null: it does not */
            old_secret_expires_at: string | null;
            /** @description whether a caller still has the secret before the last rotation */
            old_secret_last_used_at: string | null;
            /** @description null: it was not revoked */
            revoked_at: string | null;
            revoked_by: string | null;
        };
        NewToken: {
            /**
             * @description the name of the caller, as the audit log shows it
             * @example ci
             */
            name: string;
            /**
             * @description what the caller may do
             * @example [
             *       "register",
             *       "read"
             *     ]
             */
            verbs: ("register" | "read" | "operate" | "alert" | "admin")[];
            /**
             * @description only for these services; default: all
             * @example [
             *       "shop"
             *     ]
             */
            services?: string[];
            /**
             * @description only for these environments; default: all
             * @example [
             *       "production"
             *     ]
             */
            environments?: string[];
            /**
             * @description how long the secret works, such as 90d; never: without an end
             * @example 90d
             */
            expires: string;
        };
        Tokens: {
            tokens: components["schemas"]["Token"][];
        };
        TokenRotation: {
            /**
             * @description how long the secret before works as well; default: 24h
             * @default 24h
             * @example 90d
             */
            overlap?: string;
            /**
             * @description how long the secret works, such as 90d; never: without an end
             * @example 90d
             */
            expires?: string;
        };
        Session: {
            /** Format: uuid */
            id: string;
            /** @description the verified address of the person, or another name with the host of the provider */
            name: string;
            /**
             * @description link: a one-time link of `bakewatch admin-link`; token: the name is that of the token
             * @enum {string}
             */
            kind: "provider" | "link" | "token";
            /** @description the groups at the last sign-in */
            groups: string[];
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description the last use, to the minute
             */
            seen_at: string;
        };
        /**
         * @example {
         *       "status": "ok"
         *     }
         */
        Readiness: {
            /** @enum {string} */
            status: "ok" | "not ready";
            /** @description why the server is not ready */
            reason?: string;
            /** @description what is wrong although the server is ready */
            warnings?: string[];
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
    receiveSlackAction: {
        parameters: {
            query?: never;
            header: {
                "x-slack-signature": string;
                "x-slack-request-timestamp": string;
            };
            path: {
                notifier: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @description Slack's block_actions payload as JSON */
                    payload: string;
                };
            };
        };
        responses: {
            /** @description Received; the person gets the result in Slack */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The signature is wrong or too old */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeploys: {
        parameters: {
            query?: {
                service?: string;
                environment?: string;
                version?: string;
                commit?: string;
                build_id?: string;
                /** @description one state, or several with commas between them */
                state?: ("warming" | "shifting" | "baking" | "awaiting_approval" | "rolling_back" | "verifying" | "passed" | "rolled_back" | "inconclusive" | "failed" | "canceled" | "superseded")[];
                /** @description registered then or later */
                since?: string;
                /** @description registered before that */
                until?: string;
                limit?: number;
                /** @description the `next` of the page before; keep the other fields as they were */
                cursor?: string;
                /** @description only deploys registered before this one; `cursor` is better */
                before?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deploys */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deploys: components["schemas"]["DeploySummary"][];
                        /** @description the `cursor` of the next page; null: this is the last one */
                        next: string | null;
                    };
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    registerDeploy: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string;
                /** @description seconds since the first try of this call: the deploy had finished then. By the clock of the caller alone, so that it may be wrong */
                "bakewatch-first-try-ago"?: number;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterDeploy"];
            };
        };
        responses: {
            /** @description An earlier call has already registered this deploy */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredDeploy"];
                };
            };
            /** @description Registered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredDeploy"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    adoptRelease: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdoptRelease"];
            };
        };
        responses: {
            /** @description The newest deploy is this adoption already */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdoptedRelease"];
                };
            };
            /** @description Adopted */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdoptedRelease"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeploy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deploy */
            200: {
                headers: {
                    /** @description the position of the bake, for `If-Match`: it changes when the bake moves or a person decides, and stays while it is only measured */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deploy"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    waitForDeploy: {
        parameters: {
            query?: {
                timeout?: string;
                /** @description answer as soon as the version of the bake is greater than this */
                after?: number;
                /** @description clear: answer also as soon as every critical check has ruled out harm; the bake goes on */
                until?: "final" | "clear";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deploy as it is then; call again unless `final` is true */
            200: {
                headers: {
                    /** @description the position of the bake, for `If-Match`: it changes when the bake moves or a person decides, and stays while it is only measured */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deploy"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recording */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finishDeploy: {
        parameters: {
            query?: never;
            header?: {
                /** @description the `ETag` of the deploy about which the caller decides: 412 where its bake has moved on since */
                "if-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deploy afterwards */
            200: {
                headers: {
                    /** @description the position of the bake, for `If-Match`: it changes when the bake moves or a person decides, and stays while it is only measured */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The bake has moved on since the caller saw it (`If-Match`); nothing was done */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelBake: {
        parameters: {
            query?: never;
            header?: {
                /** @description the `ETag` of the deploy about which the caller decides: 412 where its bake has moved on since */
                "if-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deploy afterwards */
            200: {
                headers: {
                    /** @description the position of the bake, for `If-Match`: it changes when the bake moves or a person decides, and stays while it is only measured */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The bake has moved on since the caller saw it (`If-Match`); nothing was done */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approveRollback: {
        parameters: {
            query?: never;
            header?: {
                /** @description the `ETag` of the deploy about which the caller decides: 412 where its bake has moved on since */
                "if-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deploy afterwards */
            200: {
                headers: {
                    /** @description the position of the bake, for `If-Match`: it changes when the bake moves or a person decides, and stays while it is only measured */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The bake has moved on since the caller saw it (`If-Match`); nothing was done */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    passBake: {
        parameters: {
            query?: never;
            header?: {
                /** @description the `ETag` of the deploy about which the caller decides: 412 where its bake has moved on since */
                "if-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Why"];
            };
        };
        responses: {
            /** @description The deploy afterwards */
            200: {
                headers: {
                    /** @description the position of the bake, for `If-Match`: it changes when the bake moves or a person decides, and stays while it is only measured */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The bake has moved on since the caller saw it (`If-Match`); nothing was done */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rollBack: {
        parameters: {
            query?: never;
            header?: {
                /** @description the `ETag` of the deploy about which the caller decides: 412 where its bake has moved on since */
                "if-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Why"];
            };
        };
        responses: {
            /** @description The deploy afterwards */
            200: {
                headers: {
                    /** @description the position of the bake, for `If-Match`: it changes when the bake moves or a person decides, and stays while it is only measured */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The bake has moved on since the caller saw it (`If-Match`); nothing was done */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rollForward: {
        parameters: {
            query?: never;
            header?: {
                /** @description the `ETag` of the deploy about which the caller decides: 412 where its bake has moved on since */
                "if-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollForward"];
            };
        };
        responses: {
            /** @description The deploy afterwards */
            200: {
                headers: {
                    /** @description the position of the bake, for `If-Match`: it changes when the bake moves or a person decides, and stays while it is only measured */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The bake has moved on since the caller saw it (`If-Match`); nothing was done */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    markVerdict: {
        parameters: {
            query?: never;
            header?: {
                /** @description the `ETag` of the deploy about which the caller decides: 412 where its bake has moved on since */
                "if-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Mark"];
            };
        };
        responses: {
            /** @description The deploy afterwards */
            200: {
                headers: {
                    /** @description the position of the bake, for `If-Match`: it changes when the bake moves or a person decides, and stays while it is only measured */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The bake has moved on since the caller saw it (`If-Match`); nothing was done */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    extendBake: {
        parameters: {
            query?: never;
            header?: {
                /** @description the `ETag` of the deploy about which the caller decides: 412 where its bake has moved on since */
                "if-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Extend"];
            };
        };
        responses: {
            /** @description The deploy afterwards */
            200: {
                headers: {
                    /** @description the position of the bake, for `If-Match`: it changes when the bake moves or a person decides, and stays while it is only measured */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploySummary"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The bake has moved on since the caller saw it (`If-Match`); nothing was done */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description the id of the last event: what happened since is sent first */
                "last-event-id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReport: {
        parameters: {
            query?: {
                /** @description default: as the Accept header prefers, else json */
                format?: "json" | "md" | "html";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                    "text/markdown": string;
                    "text/html": string;
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFreezes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The freezes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        freezes: {
                            service: string | null;
                            by: string;
                            why: string;
                            /** Format: date-time */
                            since: string;
                            /**
                             * Format: date-time
                             * @description when it ends by itself; null: when it is lifted
                             */
                            until: string | null;
                        }[];
                    };
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeFreeze: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Freeze"];
            };
        };
        responses: {
            /** @description The freezes now; `changed` is false where there was no freeze to lift */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        freezes: {
                            service: string | null;
                            by: string;
                            why: string;
                            /** Format: date-time */
                            since: string;
                            /**
                             * Format: date-time
                             * @description when it ends by itself; null: when it is lifted
                             */
                            until: string | null;
                        }[];
                        changed: boolean;
                    };
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    runDrill: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DrillRequest"];
            };
        };
        responses: {
            /** @description The steps of the drill; `ok` says whether a rollback would work */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drill"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testNotifier: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NotifierTestRequest"];
            };
        };
        responses: {
            /** @description The result; `ok` says whether it was delivered */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotifierTest"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listServices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The services */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        services: {
                            service: string;
                            environment: string;
                            state: string;
                            latest: components["schemas"]["DeploySummary"];
                            known_good: components["schemas"]["DeploySummary"] | null;
                            known_good_unverified: boolean;
                        }[];
                    };
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getService: {
        parameters: {
            query?: {
                environment?: string;
                /** @description how far back from now */
                since?: string;
            };
            header?: never;
            path: {
                service: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The service */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Service"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reloadFiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was loaded */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reload"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The files cannot be used; `errors` has every problem */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RulesText"];
            };
        };
        responses: {
            /** @description What is wrong with the text; a text with problems is answered with 200, too */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RulesCheck"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayRecording: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayRequest"];
            };
        };
        responses: {
            /** @description The verdict, and the reason of each check */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Replay"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The files cannot be used; `errors` has every problem */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receiveAlerts: {
        parameters: {
            query?: {
                /** @description the service of alerts without the label `service` */
                service?: string;
                /** @description the environment of alerts without the label `environment` */
                environment?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Alerts"];
            };
        };
        responses: {
            /** @description What became of the alerts */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertCounts"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                service?: string;
                environment?: string;
                verb?: string;
                /** @description the name of a token or a person */
                actor?: string;
                /** @description only what happened then or later: an instant, or a duration before now */
                since?: string;
                /** @description only what happened before: an instant, or a duration before now */
                until?: string;
                limit?: number;
                /** @description the `next` of the page before */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                service?: string;
                environment?: string;
                verb?: string;
                /** @description the name of a token or a person */
                actor?: string;
                /** @description only what happened then or later: an instant, or a duration before now */
                since?: string;
                /** @description only what happened before: an instant, or a duration before now */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One row in a line */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": unknown;
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verifyAudit: {
        parameters: {
            query?: {
                seq?: number;
                hash?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether the chain is whole */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditCheck"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tokens that the caller may manage */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            /** @description The token and its secret */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedToken"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenRotation"];
            };
        };
        responses: {
            /** @description The token and its new secret */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedToken"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The revoked token */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This cannot be done in the current state; `detail` has the reason */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions, the one that was used last first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        sessions: components["schemas"]["Session"][];
                    };
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session that has ended */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description The request is not valid; every wrong field is named */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No token, or an unknown one */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token does not allow this, or the call comes from another site */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, such as a deploy with this id, or rules for the service */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the right type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A fault of the server, which it has logged; the call may be repeated */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database does not answer, or the server starts or stops; the call may be repeated */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    isLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                    };
                };
            };
        };
    };
    isReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is ready */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description It is not ready, for this reason */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Too many calls; `Retry-After` says when to try again */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    onNotice: {
        parameters: {
            query?: never;
            header: {
                /** @description t= the time in Unix seconds, ,v1= the HMAC-SHA256 of t, a dot and the body, in hexadecimal; several ,v1= where a secret is being replaced */
                "bakewatch-signature"?: string;
                /** @description the id in the body: the same message may arrive more than once */
                "idempotency-key": string;
                /** @description with signature: standard, the id in the body */
                "webhook-id"?: string;
                /** @description with signature: standard, the time in Unix seconds */
                "webhook-timestamp"?: string;
                /** @description with signature: standard, v1, and the HMAC-SHA256 of id, dot, time, dot and body, in base64; several with a space between them */
                "webhook-signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Notice"];
            };
        };
        responses: {
            /** @description Sent again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sent again later */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRollbackOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description t= the time in Unix seconds, ,v1= the HMAC-SHA256 of t, a dot and the body, in hexadecimal; several ,v1= where a secret is being replaced */
                "bakewatch-signature": string;
                /** @description the id in the body: the same message may arrive more than once */
                "idempotency-key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollbackOrder"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description the target already ran
                         * @enum {string}
                         */
                        status?: "already_there";
                    };
                };
            };
            /** @description Accepted, but not yet done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused: the release is gone, and nothing was done */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sent again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sent again later */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onShiftOrder: {
        parameters: {
            query?: never;
            header: {
                /** @description t= the time in Unix seconds, ,v1= the HMAC-SHA256 of t, a dot and the body, in hexadecimal; several ,v1= where a secret is being replaced */
                "bakewatch-signature": string;
                /** @description the id in the body: the same message may arrive more than once */
                "idempotency-key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShiftOrder"];
            };
        };
        responses: {
            /** @description Sent again later */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sent again later */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}

// Package rbac says who can do what under Kubernetes' role-based access control.
//
// Rights are only ever granted: a binding gives its subjects the rules of one
// role, in one namespace (RoleBinding) or everywhere (ClusterRoleBinding). There
// is no rule that denies. Who answers with the whole path of every grant, from
// the binding over the role to the rule, because an assessor has to be shown why
// and not only that.
//
// A binding to a role that is not there grants nothing, but it is a fact: whoever
// may create that role decides what it will grant. Dangling lists them.
//
// What is not here: rights from other authorizers (the node authorizer,
// webhooks), and the group system:masters, which the API server lets through
// before any role is asked.
//
// Everything is a pure function of an engine.View.
package rbac

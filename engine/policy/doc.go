// Package policy will judge by checks of the organisation's own, written in CEL and
// compiled when they are loaded. The room stands so that the ladder holds it to
// engine, engine/network and engine/rbac; nothing is in it yet.
package policy

// Package network says which pods a NetworkPolicy isolates, as configured.
//
// A pod that no policy selects accepts and opens every connection; one that is
// selected for a direction has only the connections that some policy allows for
// it. Policies add to each other and never take away, so a default deny holds
// only while no other policy for every pod opens everything again.
//
// What is said here is what the objects say. Whether the cluster's network
// plugin enforces them, and what pods on the node's own network may do, are
// other facts and need other evidence.
//
// Everything is a pure function of an engine.View.
package network

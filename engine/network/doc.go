// Package network says who can reach whom in a cluster, as configured.
//
// A pod that no NetworkPolicy selects accepts and opens every connection; one that is
// selected for a direction has only the connections that some policy allows for it.
// Policies add to each other and never take away, so a default deny holds only while
// no other policy opens everything again to pods that nobody named. Before them come
// the policies of administrators (AdminNetworkPolicy, ClusterNetworkPolicy of the tier
// Admin), which decide in the order of their priorities, and behind them those of the
// baseline, which decide where no NetworkPolicy selects a pod. A connection is allowed
// if the source may open it and the destination accepts it.
//
// # How it is computed
//
// Pods that no policy can tell apart are one class, and addresses outside that no block
// tells apart are one range: they are the peers. A rule is the set of peers it matches,
// as bits, and a set of ports, which is kept once. What a class allows in a direction is
// its profile; classes under the same policies share it, and a pair of classes has what
// is in the profiles of both.
//
// # What is not known
//
// Of every pair two sets of ports are kept. Allowed is what the policies allow as
// configured, with a pod whose address is not known in no block of addresses. Possible
// is that and all that cannot be excluded: such a pod may be in any block, a namespace
// of which only the name is known may have any label, two policies of one priority may
// come in any order, a rule that is not understood may allow anything, and on the
// network of a node a policy may not apply at all. What is not evaluated is a Gap.
//
// Of a pod with an address of IPv4 and one of IPv6 each family is followed by itself, where
// policies name blocks of addresses: between two such pods goes what both directions let
// through over one family, and where the other lets through something else, both are said.
//
// What is said here is what the objects say. Whether the cluster's network plugin
// enforces them is another fact and needs other evidence.
//
// Everything is a pure function of an engine.View.
package network

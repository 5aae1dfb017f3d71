package checks

import "tickmark/engine"

// Check controllers-listen-locally.
//
// Judges controller manager and scheduler. Passes where --bind-address is of the
// machine itself alone. Fails where it is another address or left out, which means
// every address: their metrics and state are then within reach of the network.
func controllersListenLocally() check {
	return check{
		id: "controllers-listen-locally", version: 1, needs: componentKinds(), looks: serverOnly(), eval: func(v *engine.View) []engine.Detail {
			return perComponent(v, func(k component) finding {
				bind, port := k.flag("bind-address", "0.0.0.0"), k.flag("secure-port", "")
				if f, unclear := firstUnclear(bind, port); unclear {
					return f
				}
				switch {
				case port.set && port.value == "0":
					return port.passes("It listens nowhere: %s", port)
				case loopback(bind.value):
					return bind.passes("It is reached from its own machine alone: %s", bind)
				}
				return bind.fails("It is within reach of the network: %s", bind)
			}, controllerManager, scheduler)
		},
	}
}

// Check controllers-have-own-accounts.
//
// Judges the controller manager. Passes where --use-service-account-credentials is
// true, so that each controller has an account with its own rights. Fails where it
// is false or left out: all then act with the rights of all.
func controllersHaveOwnAccounts() check {
	return managerCheck("controllers-have-own-accounts", func(k component) finding {
		own := k.flag("use-service-account-credentials", "false")
		on := own.on()
		if f, unclear := firstUnclear(own); unclear {
			return f
		}
		if on {
			return own.passes("Each controller has an account with its own rights: %s", own)
		}
		return own.fails("All controllers act with the rights of all: %s", own)
	})
}

// Check pods-know-cluster-authority.
//
// Judges the controller manager. Passes where --root-ca-file names the authority
// that pods are given to check the API server by, fails where it does not.
func podsKnowClusterAuthority() check {
	return managerCheck("pods-know-cluster-authority", func(k component) finding {
		root := k.flag("root-ca-file", "")
		if f, unclear := firstUnclear(root); unclear {
			return f
		}
		if root.value == "" {
			return root.fails("Pods are not given what they need to check the API server by: %s", root)
		}
		return root.passes("Pods are given what they need to check the API server by: %s", root)
	})
}

func managerCheck(id string, judge func(component) finding) check {
	return check{id: id, version: 1, needs: componentKinds(), looks: serverOnly(), eval: func(v *engine.View) []engine.Detail {
		return perComponent(v, judge, controllerManager)
	}}
}

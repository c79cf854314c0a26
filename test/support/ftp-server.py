"""A real FTP server for tests. Argument: the directory. Says its port on standard output and ends with standard input.

User "station", password "pa:ss w@rd"; anybody else may read.
"""
import os
import sys
import threading

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

directory = sys.argv[1]
FTPHandler.authorizer = DummyAuthorizer()
FTPHandler.authorizer.add_user("station", "pa:ss w@rd", directory, perm="elradfmwMT")
FTPHandler.authorizer.add_anonymous(directory, perm="elr")
FTPHandler.auth_failed_timeout = 0

server = FTPServer(("127.0.0.1", 0), FTPHandler)
print(server.socket.getsockname()[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever(timeout=0.1)

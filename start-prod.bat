@echo off
rem Starts egserve on port 5000 on Windows: in Docker when it is there, else in WSL (Debian).
rem Settings: the environment or a file .env beside this one for Docker; flags given here for WSL.
setlocal
cd /d "%~dp0"

docker compose version >nul 2>&1
if errorlevel 1 goto wsl
docker info >nul 2>&1
if errorlevel 1 goto wsl
echo Starting in Docker: http://localhost:5000
docker compose -f docker-compose.yml up --build -d --wait
if errorlevel 1 goto failed
docker compose -f docker-compose.yml ps
exit /b 0

:wsl
wsl --status >nul 2>&1
if errorlevel 1 goto neither
echo Starting in WSL: http://localhost:5000
wsl --cd "%~dp0." bash ./start-prod.sh %*
if errorlevel 1 goto failed
exit /b 0

:neither
echo Neither Docker nor WSL answers. Install Docker Desktop, or WSL with "wsl --install -d Debian". 1>&2
exit /b 1

:failed
echo egserve did not start; what went wrong stands above. 1>&2
exit /b 1
